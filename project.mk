# Yours to edit: settings of the Makefile for this project.
# The logical dates of the main job: the data of the example cover 2013.
FROM ?= 2013-06-01
UNTIL ?= 2014-01-01
