"""Views: from results to pages and tables; pure functions of results.

Takes boards, cards, cues and proxy sheets. Gives HTML in one file that loads nothing, Markdown, CSV, JSON, and text for the
terminal.

Does not belong here: computing values, reading audio, fitting.
"""
