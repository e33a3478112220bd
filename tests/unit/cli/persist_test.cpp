// Connections that are kept, and the words of `ctys persist`.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line.hpp"

#include <chrono>
#include <cstdlib>

using namespace ctys;
using namespace std::chrono_literals;
using model::PersistVerb;
using tests::accepted;
using tests::refused;

namespace {

auto time_of(const std::string& line) {
  return accepted(line).where.persist;
}

}  // namespace

TEST_CASE("connections are kept where that is asked for, and as long as is said") {
  CHECK_FALSE(time_of("ctys list --on lab01"));
  CHECK(time_of("ctys list --on lab01 --persist") == 10min);
  CHECK(time_of("ctys list --persist web01 --on lab01") == 10min);
  CHECK(accepted("ctys list --persist web01 --on lab01").machines.size() == 1);
  CHECK(time_of("ctys stop web01 --on lab01 --persist=90s") == 90s);
  CHECK(time_of("ctys info --on lab01 --persist=1h --persist") == 1h);
  CHECK(time_of("ctys info --on lab01 --persist --persist=1h") == 1h);
  CHECK_FALSE(time_of("ctys list --on lab01 --persist=0"));
  CHECK(refused("ctys list --on lab01 --persist=soon").summary == "bad value 'soon' of --persist");
  CHECK(refused("ctys list --on lab01 --persist= --plan").summary == "the option '--persist' has no value");
  const auto long_time = refused("ctys list --on lab01 --persist=8d");
  CHECK(long_time.fix == "write it like 10, 10s, 500ms, 2m or 1h, at most 168h");
  CHECK(refused("ctys list --on lab01 --persist=169h").fix == "write 168h or less");
  CHECK(refused("ctys list --on lab01 --persist 5m").fix ==
        "write --persist=5m; a machine of that name: label:5m");
  CHECK(accepted("ctys list --on lab01 --persist label:5m").machines.size() == 1);
  CHECK(accepted("ctys list --on lab01 --persist 5").machines.size() == 1);
  CHECK(refused("ctys list --persist").summary == "'--persist' has no effect");
  CHECK(refused("ctys doctor lab01 --persist").summary == "unknown option '--persist' of doctor");
  CHECK(refused("ctys distribute lab01 --persist=1m").code == Exit::usage);
}

TEST_CASE("the environment says so for every call") {
  ::setenv("CTYS_PERSIST", "5m", 1);  // NOLINT(concurrency-mt-unsafe): there is one thread
  CHECK(time_of("ctys list --on lab01") == 5min);
  CHECK(time_of("ctys -a list lab01") == 5min);
  CHECK(time_of("ctys list --on lab01 --persist=1m") == 1min);
  CHECK_FALSE(time_of("ctys list --on lab01 --persist=0"));
  CHECK_FALSE(time_of("ctys list"));
  ::setenv("CTYS_PERSIST", "soon", 1);  // NOLINT(concurrency-mt-unsafe)
  CHECK(refused("ctys list --on lab01").summary == "bad value 'soon' of CTYS_PERSIST");
  CHECK_FALSE(time_of("ctys list"));
  ::setenv("CTYS_PERSIST", "0", 1);  // NOLINT(concurrency-mt-unsafe)
  CHECK_FALSE(time_of("ctys list --on lab01"));
  ::unsetenv("CTYS_PERSIST");  // NOLINT(concurrency-mt-unsafe)
}

TEST_CASE("what is kept is listed or ended") {
  CHECK(accepted("ctys persist").persist.verb == PersistVerb::list);
  CHECK(accepted("ctys persist list --json").persist.verb == PersistVerb::list);
  CHECK(accepted("ctys persist end").persist.verb == PersistVerb::end);
  CHECK(refused("ctys persist stop").fix == "write it like: ctys persist list");
  CHECK(refused("ctys persist end lab01").code == Exit::usage);
  CHECK(refused("ctys persist --persist").code == Exit::usage);
}
