// What is said to the process that keeps connections, and what these are trusted for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/demand.hpp"

#include "remote/persist.hpp"
#include "remote/stamp.hpp"
#include "wire/message.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace ctys;
using namespace ctys::remote;
using namespace std::chrono_literals;

TEST_CASE("a demand reads back as itself") {
  for (const auto& demand :
       {Demand{Wish::borrow, "way\nof\x01", {"root@lab01:22", "lab02"}}, Demand{Wish::borrow},
        Demand{Wish::give_back, "", {}, {0, 7, 4000}, 600s}, Demand{Wish::give_back, "", {}, {}, 1ms},
        Demand{Wish::give_back, "", {}, {1}, kMaxKeeping}, Demand{Wish::list}, Demand{Wish::end}}) {
    const auto again = demand_of(encode(demand));
    REQUIRE(again);
    CHECK(*again == demand);
  }
}

TEST_CASE("what is no demand is none") {
  const auto with = [](auto change) {
    wire::Call call;
    call.verb = wire::Verb::show;
    call.patience_ms = 1000;
    change(call);
    return wire::encode(call);
  };
  CHECK(demand_of(with([](auto&) {})));
  const std::array<std::string, 12> none{"",
                                         "\n",
                                         "{}\n",
                                         wire::encode(wire::End{}),
                                         "x",
                                         with([](auto& call) { call.patience_ms.reset(); }),
                                         with([](auto& call) { call.patience_ms = 0; }),
                                         with([](auto& call) { call.patience_ms = 8 * 86'400'000; }),
                                         with([](auto& call) { call.verb = wire::Verb::create; }),
                                         with([](auto& call) {
                                           call.options = {{"NUMBER", "-1"}};
                                         }),
                                         with([](auto& call) {
                                           call.options = {{"OTHER", "1"}};
                                         }),
                                         with([](auto& call) {
                                           call.options.resize(kMaxNamed + 1, {"HOST", "h"});
                                         })};
  for (const auto& packet : none) {
    INFO(packet.substr(0, 200));
    CHECK_FALSE(demand_of(packet));
  }
  auto cut = with([](auto&) {});
  cut.pop_back();
  CHECK_FALSE(demand_of(cut));
  CHECK_FALSE(demand_of(with([](auto& call) { call.endpoint.assign(kMaxPacket, 'x'); })));
}

TEST_CASE("a file that changes has another stamp") {
  const auto path = std::filesystem::temp_directory_path() / ("ctys-stamp-" + std::to_string(::getpid()));
  const std::vector<std::string> missing{stamp_of(path)};
  CHECK(missing.front() == "- " + path.string());
  CHECK(all_hold(missing));
  std::ofstream(path) << "one";
  CHECK_FALSE(all_hold(missing));
  const std::vector<std::string> there{stamp_of(path), missing.front() + "er"};
  CHECK(all_hold(there));
  std::ofstream(path) << "other";
  CHECK_FALSE(all_hold(there));
  std::filesystem::remove(path);
  CHECK(all_hold(missing));
  CHECK_FALSE(all_hold({"nonsense"}));
  CHECK_FALSE(all_hold({}));
}

TEST_CASE("connections of another way are others") {
  const Way plain;
  Way other;
  other.may_copy = false;
  CHECK(kept_as(other) != kept_as(plain));
  other = {};
  other.via.push_back(model::parse_target("gw").value());
  CHECK(kept_as(other) != kept_as(plain));
  other = {};
  other.command = "true";
  CHECK(kept_as(other) != kept_as(plain));
  other = {};
  other.fanout = 1;
  other.persist = 5s;
  CHECK(kept_as(other) == kept_as(plain));
  const auto before = kept_as(plain);
  ::setenv("CTYS_SSH_CONFIG", "/etc/hosts", 1);  // NOLINT(concurrency-mt-unsafe): there is one thread
  CHECK(kept_as(plain) != before);
  ::unsetenv("CTYS_SSH_CONFIG");  // NOLINT(concurrency-mt-unsafe)
}
