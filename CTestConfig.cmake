# Read by `include(CTest)`: the name under which `ctest -D Nightly` (or Continuous, Experimental) reports.
set(CTEST_PROJECT_NAME pidfall)
set(CTEST_NIGHTLY_START_TIME "01:00:00 UTC")

# Nothing is submitted anywhere unless a dashboard is named, for example
# PIDFALL_CDASH_URL=https://my.cdash.org/submit.php?project=pidfall once that project exists there.
if(DEFINED ENV{PIDFALL_CDASH_URL})
  set(CTEST_DROP_SITE_CDASH TRUE)
  set(CTEST_SUBMIT_URL "$ENV{PIDFALL_CDASH_URL}")
endif()
