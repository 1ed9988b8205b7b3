"""IEMOCAP_full_release in small, as it is published."""


def write_iemocap(folder):
    """The layout, with audio."""
    return folder
