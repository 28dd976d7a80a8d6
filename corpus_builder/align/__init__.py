"""The aligner. `aligner.train` learns from documents, `Aligner.align` finds the beads of one document.

Rooms, from the top: texts/ (`corpus-builder align` on plain texts) · aligner · training, seed_training, model_files ·
state · many/ (three editions and more), resplit/ (sentences that one edition runs together) · calibration · two/ (the
lattice of two editions) · words/ (what words say), encoder/ (sentence encoders) · arcs, transpose · bead_shapes.

A bead is a group of segments that translate one another. It appears in these forms:

    bead_shapes              the shapes that a bead of two editions may have, and the two skips
    arcs.Arcs                beads and skips of a lattice, as arrays, with scores and posteriors: candidates, or a path
    pair_beads.PairBeads     the chosen two-sided beads of two editions, of any segments (moved ones too)
    groups.Groups            beads of all editions of a document, of segments or of blocks, as arrays
    model.Bead               one bead of all editions: what the aligner returns
    model.PlacedBead         the same with places in the articles: what the pipeline stores

A PairLattice holds the scores of all possible beads of two editions, and the Arcs on good paths.

This module imports nothing: `align.aligner` loads numba and numpy.
"""
