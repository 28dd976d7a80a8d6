"""look/: the workbench, a corpus in a browser: `corpus-builder look WORKSPACE|DATASET`.

source.py     what is looked at: a dataset folder, with its workspace where it has one
build.py      the index of a dataset: one SQLite file with the rows, a full-text index, scores and figures
schema.py     the tables of the index
store.py      reading the index
query.py      the query language of the searches
kwic.py       keyword in context: hits, their order, likely equivalents
people.py     the speakers, with those that people.toml joins
page.py       what all views share: templates, links, paging
curve.py      the reliability curve of an audit as shapes
guard.py      who may ask, what every response says of itself
app.py        the application: its routes behind the guard
server.py     serving it on loopback
views/        one file a view, each with its ROUTES
templates/    HTML, the style sheet, and the one script
"""
