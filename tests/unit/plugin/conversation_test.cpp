// What one worker says.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/conversation.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace ctys;

namespace {

Error refused(const std::string& line, bool another_host) {
  plugin::Peer peer{another_host ? "the host" : "GOOD", {}, "lab01"};
  peer.strict_host = another_host;
  plugin::Conversation talk(std::move(peer));
  talk.feed("{\"ctys\":1,\"t\":\"hello\",\"host\":\"x\",\"version\":\"1\"}\n" + line + "\n", {});
  REQUIRE(talk.ended());
  const auto outcome = talk.take();
  REQUIRE(outcome.failures.size() == 1);
  return outcome.failures.front().error;
}

}  // namespace

TEST_CASE("what cannot be read of an answer is said in words") {
  CHECK(refused("{]", true).why == "broken JSON at byte 2");
  CHECK(refused("[]", true).why == "it is no JSON object");
  for (const auto* line : {"{\"t\":\"end\"}", "{\"t\":7}", "{}"}) {
    CAPTURE(line);
    CHECK(refused(line, true).why.find("error") == std::string::npos);
    CHECK(refused(line, true).why.find("missing") != std::string::npos);
  }
}

TEST_CASE("another host that sends garbage is no plugin") {
  for (const auto* line : {"{]", "{\"t\":\"end\",\"status\":3}", "{\"t\":\"bytes\",\"n\":1}"}) {
    CAPTURE(line);
    CHECK(refused(line, true).fix ==
          "see whether the ctys there is of another version: ssh HOST ctys --version");
    CHECK(refused(line, false).fix == "please report this as a bug of the plugin");
  }
}
