"""Spreadsheets out: rows in, the bytes of a workbook out. Nothing here knows a table or decides anything."""
