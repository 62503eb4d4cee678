# The comparison of the simulated kernel with the running one, for whoever builds it.
set(e3_differential_sources byte_form.cpp comparison.cpp executor.cpp executor_steps.cpp linux_system.cpp
    model_system.cpp private_network.cpp schedule.cpp)
list(TRANSFORM e3_differential_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
