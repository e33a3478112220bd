// How a machine that was asked to shut down came to be off.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/connection.hpp"
#include "libvirt/wait.hpp"

#include <catch2/catch.hpp>
#include <libvirt/virterror.h>

#include <chrono>
#include <string>

using namespace ctys::libvirt;

TEST_CASE("only a machine that shut down by itself is said to have done so") {
  const auto words = [](int reason) { return words_of_end(State{VIR_DOMAIN_SHUTOFF, reason}); };
  const std::string own = "shut down by its own system";
  CHECK(words(VIR_DOMAIN_SHUTOFF_SHUTDOWN) == own);
  CHECK(words(VIR_DOMAIN_SHUTOFF_DESTROYED) == "switched off by somebody else meanwhile");
  CHECK(words(VIR_DOMAIN_SHUTOFF_CRASHED).starts_with("ended by itself"));
  CHECK(words(VIR_DOMAIN_SHUTOFF_SAVED) == "saved by somebody else meanwhile");
  for (int reason = 0; reason < 12; ++reason)
    CHECK((words(reason) == own) == (reason == VIR_DOMAIN_SHUTOFF_SHUTDOWN));
  State gone;
  gone.gone = true;
  CHECK(words_of_end(gone) != own);
}

TEST_CASE("a machine that somebody saved or ended is brought up again, not looked for in a log") {
  const auto fix = [](State off) { return fix_of_end(off, "web01", "/log"); };
  State saved{VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SAVED};
  saved.saved = true;
  CHECK(fix(saved).ends_with("ctys resume web01"));
  CHECK(fix({VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED}).ends_with("ctys start web01"));
  CHECK(fix({VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN}).ends_with("ctys start web01"));
  CHECK(fix({VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED}).ends_with("/log"));
  CHECK(fix({VIR_DOMAIN_CRASHED, 0}).ends_with("/log"));
  State gone;
  gone.gone = true;
  CHECK(fix(gone).ends_with("/log"));
}

TEST_CASE("a machine that has crashed is dumped only as long as a process of it exists") {
  State crashed{VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED};
  crashed.dumping = true;
  CHECK_FALSE(crashed.is_dumping());
  crashed.crashed_but_kept = true;
  CHECK(crashed.is_dumping());
}

TEST_CASE("an error about a domain keeps libvirt's reason beside the domain's name") {
  const auto connection = Connection::open("test:///default", Access::write);
  const DomainHandle domain(virDomainLookupByName(connection.get(), "test"));
  REQUIRE(domain);
  REQUIRE(virDomainCreate(domain.get()) < 0);  // it runs
  const auto error = last_error_of(domain.get(), "cannot start");
  CHECK(error.summary == "cannot start test");
  CHECK(error.why.find("already running") != std::string::npos);
}

TEST_CASE("a short time is told in milliseconds, not as nothing") {
  using std::chrono::milliseconds;
  CHECK(to_text(milliseconds(50)) == "50 ms");
  CHECK(to_text(milliseconds(99)) == "99 ms");
  CHECK(to_text(milliseconds(100)) == "0.1 s");
  CHECK(to_text(milliseconds(12'345)) == "12 s");
}
