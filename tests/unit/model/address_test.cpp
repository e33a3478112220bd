// Machine addresses in every spelling.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/address.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <random>

using namespace ctys;
using model::Pair;

namespace {
std::vector<Pair> keys_of(std::string_view text) {
  const auto address = model::parse_address(text);
  INFO(text);
  REQUIRE(address);
  return address->keys;
}
Error refused(std::string_view text) {
  const auto address = model::parse_address(text);
  INFO(text);
  REQUIRE_FALSE(address);
  CHECK(address.error().code == Exit::usage);
  return address.error();
}
}  // namespace

TEST_CASE("every address key is known in all its spellings") {
  for (const auto* key : {"LABEL", "label", "L", "l"})
    CHECK(keys_of(key + std::string(":a")) == std::vector<Pair>{{"LABEL", "a"}});
  for (const auto* key : {"ID", "i"})
    CHECK(keys_of(key + std::string(":/a.xml")) == std::vector<Pair>{{"ID", "/a.xml"}});
  for (const auto* key : {"PATHNAME", "PName", "p"})
    CHECK(keys_of(key + std::string(":/a.xml")) == std::vector<Pair>{{"PATHNAME", "/a.xml"}});
  for (const auto* key : {"BASEPATH", "base", "B"})
    CHECK(keys_of(key + std::string(":/a%/b")) == std::vector<Pair>{{"BASEPATH", "/a"}, {"BASEPATH", "/b"}});
  for (const auto* key : {"FILENAME", "fname", "F"})
    CHECK(keys_of(key + std::string(":a")) == std::vector<Pair>{{"FILENAME", "a"}});
  for (const auto* key : {"TCP", "t"})
    CHECK(keys_of(key + std::string(":10.0.0.1")) == std::vector<Pair>{{"TCP", "10.0.0.1"}});
  for (const auto* key : {"NAME", "n"})
    CHECK(keys_of(key + std::string(":a")) == std::vector<Pair>{{"NAME", "a"}});
  for (const auto* key : {"DBRECORD", "dbrec", "DR"})
    CHECK(keys_of(key + std::string(":7")) == std::vector<Pair>{{"DBRECORD", "7"}});
}

TEST_CASE("UUID and MAC have one form inside") {
  const std::vector<Pair> uuid{{"UUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}};
  CHECK(keys_of("u:6BA7B810-9DAD-11D1-80B4-00C04FD430C8") == uuid);
  CHECK(keys_of("UUID:6ba7b8109dad11d180b400c04fd430c8") == uuid);
  for (const auto* spelling : {"52:54:00:AB:CD:EF", "52-54-00-ab-cd-ef", "5254.00ab.cdef", "525400ABCDEF"})
    CHECK(keys_of(std::string("m:") + spelling) == std::vector<Pair>{{"MAC", "52:54:00:ab:cd:ef"}});
  for (const auto* bad :
       {"u:6ba7b810", "u:6ba7b810-9dad-11d1-80b4-00c04fd430cg", "u:6ba7b8109-dad-11d1-80b4-00c04fd430c8",
        "m:52:54:00:ab:cd", "m:52:54-00:ab:cd:ef", "m:525.400.abc.def",
        "m:5254:00ab:cdef:", "m:52:54:00:ab:cd:ef:", "m:52:54:00:ab:cd:eg", "t:a b", "p:relative", "dr:x",
        "l:", "l", "l:a%b", "l:a\nb", "l:\xff"}) {
    if (std::string_view(bad) == "l") continue;  // a bare word
    refused(bad);
  }
}

TEST_CASE("a bare word may be a name, a path, a MAC or an IPv6 address") {
  for (const auto* word :
       {"web01", "/vm/a:b.xml", "./a:b", "52:54:00:ab:cd:ef", "fe80::1", "::1", "100%", "label"})
    CHECK(keys_of(word) == std::vector<Pair>{{"WORD", word}});
  CHECK(keys_of("x::y") == std::vector<Pair>{{"WORD", "x:y"}});
  CHECK(keys_of("t:fe80::1") == std::vector<Pair>{{"TCP", "fe80::1"}});
}

TEST_CASE("an IPv6 address may stand in brackets and have a zone, behind a key as alone") {
  for (const auto* spelling : {"2001:db8::1", "[2001:db8::1]", "2001\\:db8\\:\\:1", "2001:db8::::1"})
    CHECK(keys_of(std::string("t:") + spelling) == std::vector<Pair>{{"TCP", "2001:db8::1"}});
  for (const auto* spelling : {"fe80::1%eth0", "[fe80::1%eth0]", "fe80::1%%eth0", "fe80\\:\\:1%%eth0"})
    CHECK(keys_of(std::string("l:a,t:") + spelling) ==
          std::vector<Pair>{{"LABEL", "a"}, {"TCP", "fe80::1%eth0"}});
  CHECK(keys_of("fe80::1%eth0") == std::vector<Pair>{{"WORD", "fe80::1%eth0"}});
  // In brackets it is no label, nor is a UUID in braces or behind urn:uuid: one.
  CHECK(keys_of("[2001:db8::1]") == std::vector<Pair>{{"TCP", "2001:db8::1"}});
  CHECK(keys_of("[fe80::1%eth0]") == std::vector<Pair>{{"TCP", "fe80::1%eth0"}});
  const std::string uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  CHECK(keys_of("{" + uuid + "}") == std::vector<Pair>{{"UUID", uuid}});
  CHECK(keys_of("urn:uuid:" + uuid) == std::vector<Pair>{{"UUID", uuid}});
  CHECK(keys_of(uuid) == std::vector<Pair>{{"WORD", uuid}});
  for (const auto* dots : {"t:.", "t:..", "tcp:..."}) refused(dots);
  CHECK(keys_of("t:[::1]") == std::vector<Pair>{{"TCP", "::1"}});
  for (const auto* bad : {"t:[web]", "t:[fe80::1%]", "t:10.0.0.1%eth0", "t:fe80::1%", "t:fe80::1%a b"})
    refused(bad);
}

TEST_CASE("an address is written as a person would write it") {
  const auto again = [](std::string_view text) { return model::to_text({keys_of(text), {}}); };
  for (const auto* text : {"MAC:52:54:00:ab:cd:ef", "52:54:00:ab:cd:ef", "TCP:2001:db8::1",
                           "TCP:fe80::1%eth0", "fe80::1%eth0", "LABEL:a:b,ID:/vm/a:b.xml"})
    CHECK(again(text) == text);
  CHECK(again("l:a::::b") == "LABEL:a\\:\\:b");
  CHECK(again("t:[::1]") == "TCP:\\:\\:1");
  CHECK(again("b\\:1\\:2\\:3\\:4\\:5\\:6\\:7") == "b\\:1\\:2\\:3\\:4\\:5\\:6\\:7");  // b is a key, too
}

TEST_CASE("keys combine, and none is dropped for another of its kind") {
  CHECK(keys_of("l:a,u:6ba7b8109dad11d180b400c04fd430c8") ==
        std::vector<Pair>{{"LABEL", "a"}, {"UUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}});
  for (const auto* two : {"l:a,l:b", "a,b", "l:a,u:6ba7b8109dad11d180b400c04fd430c8,l:b"})
    CHECK(refused(two).fix == "name one machine here, and another one by an address of its own");
  CHECK(keys_of("b:/a,b:/b%/c") == std::vector<Pair>{{"BASEPATH", "/b"}, {"BASEPATH", "/c"}});
}

TEST_CASE("an unknown key is refused with its neighbour") {
  CHECK(refused("lable:a").fix == "did you mean 'label'?");
  CHECK(refused("xyzzy:a").fix.find("label, name") != std::string::npos);
  refused("");
}

TEST_CASE("a bad word is shown as it was typed") {
  CHECK(refused("a\x1b[2J").summary.find("word:") == std::string::npos);
  CHECK(refused("a\x1b[2J").summary.find("bad machine address 'a") == 0);
  CHECK(refused("uuid:1").summary == "bad machine address 'uuid:1'");
}

TEST_CASE("a label of ten thousand characters is refused with a short message") {
  const auto error = refused("l:" + std::string(10000, 'a'));
  CHECK(error.summary.size() < 200);
  CHECK(error.why.find("10000") != std::string::npos);
}

TEST_CASE("what is written reads back") {
  std::mt19937 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts in every run
  constexpr std::string_view kAlphabet = ",:%\\ab./";
  for (int round = 0; round < 20000; ++round) {
    model::Address address;
    for (const auto* key : {"LABEL", "WORD", "BASEPATH", "BASEPATH", "ID"}) {
      std::string value(1 + random() % 6, ' ');
      for (auto& c : value) c = kAlphabet[random() % kAlphabet.size()];
      if (std::string_view(key) == "BASEPATH") value.front() = '/';  // `a%%%b` begins with a%, not with a
      if (random() % 2 == 0) address.keys.push_back({key, value});
    }
    constexpr std::array kAddresses{"::1",  "fe80::1%eth0",    "fe80::", "web.lan",
                                    "a::b", "1:2:3:4:5:6:7:8", "a%b"};
    if (random() % 2 == 0) address.keys.push_back({"TCP", kAddresses[random() % kAddresses.size()]});
    if (address.keys.empty()) continue;
    const auto text = model::to_text(address);
    INFO(text);
    const auto again = model::parse_address(text);
    REQUIRE(again);
    REQUIRE(again->keys == address.keys);
  }
}

TEST_CASE("noise never does more than fail") {
  std::mt19937 random(4);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts in every run
  for (int round = 0; round < 20000; ++round) {
    std::string noise(random() % 40, ' ');
    for (auto& c : noise) c = static_cast<char>(1 + random() % 255);
    const auto address = model::parse_address(noise);
    if (!address) CHECK(address.error().code == Exit::usage);
  }
}
