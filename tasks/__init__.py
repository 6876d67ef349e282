"""Steps of the pipeline: one file reads rows, calls the domain and appends rows."""
