"""Views: from results to pages and tables; pure functions of results.

Takes boards. Gives HTML in one file that loads nothing, Markdown, CSV, and a table for the terminal.

Does not belong here: computing values, reading audio, fitting.
"""
