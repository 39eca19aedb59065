# Tests in Python. `./dev test` makes their virtual environment and the stubs of the protos.

# waymark_python_test(NAME story LABEL e2e TIMEOUT 120 FOLDER tests/e2e FILE story_test.py)
function(waymark_python_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT;FOLDER;FILE" "" ${ARGN})
  add_test(NAME ${ARG_NAME}
    COMMAND "${CMAKE_BINARY_DIR}/tools/python/bin/python" -B -m unittest -v ${ARG_FILE}
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}/${ARG_FOLDER}")
  set(path "${CMAKE_BINARY_DIR}/python:${CMAKE_SOURCE_DIR}/examples/python:${CMAKE_SOURCE_DIR}/tests:${CMAKE_SOURCE_DIR}/tools")
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "PYTHONPATH=${path};WAYMARK_BUILD=${CMAKE_BINARY_DIR};GRPC_VERBOSITY=NONE")
endfunction()
