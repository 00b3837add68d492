"""Dialogs that ask before something others will see happens."""
