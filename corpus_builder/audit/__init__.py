"""Audits: people judge a sample of published rows, and the dataset says how many are right, with an interval.

An audit is a folder of the workspace that no build removes, audit/<name>/:

design.json                  config, pairs, strata with their sizes in the dataset, seed, annotators
sample.jsonl                 the frozen sample, a row a line in the order of judging, with its texts and neighbours
judgements/<annotator>.jsonl what each annotator said, a record a line, only ever appended
adjudication.jsonl           the same, of rows that annotators disagreed on

strata.py divides the rows, sampling.py draws, folder.py reads and writes an audit, judgements.py the records;
guideline.py says what the keys mean, queue.py what somebody is to judge next, decisions.py has the verdict of each row,
estimates.py and agreement.py the statistics, report.py all of them, card.py what the dataset's card says; exchange.py
is for Label Studio and Argilla.
"""
