# Every target is one command that a person could type. What is behind it, and why, stands in tools/.
.PHONY: help tools dev test vectors build

help:            ## this list
	@grep -E '^[a-z]+: *##' $(MAKEFILE_LIST) | sed 's/: *##/\t/'
tools:           ## what is missing of the pinned tools, into a cache folder
	@tools/install.sh
dev: tools       ## the application at http://localhost:3000, rebuilt on every change
	@tools/run.sh cargo leptos watch
test:            ## everything, ending with a line of totals
	@tools/test.sh
vectors:         ## only the vector tests; folder from GATEHOUSE_VECTORS
	@tools/vectors.sh
build: tools     ## the release build for production
	@tools/build.sh
