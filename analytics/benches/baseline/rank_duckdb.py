"""`rank_duckdb.py FOLDER TARGET`: the hand-written query as a process."""

import pathlib
import sys

import duckdb

query = (pathlib.Path(__file__).parent / "rank.sql").read_text()
duckdb.connect().execute(query.replace("FOLDER", sys.argv[1]).replace("TARGET", sys.argv[2]))
