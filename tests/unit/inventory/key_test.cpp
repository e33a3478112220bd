// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/key.hpp"

#include "unit/inventory/fixture.hpp"

using namespace ctys;
using namespace ctys::inventory;
using testing::record;

namespace {
std::string folded(std::string_view text) {
  std::string scratch;
  return std::string(fold(text, scratch));
}
}  // namespace

TEST_CASE("every usual spelling of a key has one form") {
  for (const auto* uuid : {"6BA7B810-9dad-11d1-80b4-00c04fd430c8", "6ba7b8109dad11d180b400c04fd430c8"})
    CHECK(folded(uuid) == "6ba7b8109dad11d180b400c04fd430c8");
  for (const auto* mac : {"52:54:00:AB:cd:ef", "52-54-00-ab-cd-ef", "5254.00ab.cdef", "525400ABCDEF"})
    CHECK(folded(mac) == "525400abcdef");
  for (const auto* ip : {"FE80:0:0:0:0:0:0:1", "fe80::1", "fe80::0001", "fe80::1%eth0"})
    CHECK(folded(ip) == "fe80::1");
  CHECK(folded("Web01.Lab.Example.") == "web01.lab.example");
  CHECK(folded("192.168.1.2") == "192.168.1.2");
  // What only resembles one is text.
  for (const auto* other :
       {"52:54:00:ab:cd-ef", "52:54:00:ab:cd:eg", "5254:00ab:cdef", "6ba7b8109dad-11d1-80b4-00c04fd430c8x",
        ":::", "fe80::1%", "12345", "525400abcde"})
    CHECK(folded(other) == other);
  CHECK(folded("").empty());
  CHECK(folded("...").empty());
}

TEST_CASE("nothing is the same as nothing") {
  CHECK(is_same("web01.", "WEB01"));
  for (const auto* one : {"", ".", ".."})
    for (const auto* other : {"", ".", "..."}) CHECK_FALSE(is_same(one, other));
}

TEST_CASE("a key is a kind and a value, or a bare word") {
  CHECK(parse_key("label:web01").value() == Key{"web01", "web01", only(Kind::label)});
  CHECK(parse_key("L:Web01").value() == Key{"Web01", "web01", only(Kind::label)});
  CHECK(parse_key("web01").value().kinds == kAnyMachine);
  CHECK(parse_key("mac:52:54:00:AB:CD:EF").value().folded == "525400abcdef");
  CHECK(parse_key("52:54:00:ab:cd:ef").value().kinds == kAnyMachine);
  CHECK(parse_key("fe80::1").value().kinds == kAnyMachine);
  CHECK(parse_key("tcp:fe80::1").value().kinds == only(Kind::tcp));
  CHECK(parse_key("/etc/libvirt/qemu/a:b.xml").value().kinds == kAnyMachine);
  CHECK(parse_key("pm:lab01").value().kinds == only(Kind::host));
}

TEST_CASE("what stands around an address or a UUID is no part of it") {
  constexpr auto* kUuid = "6ba7b8109dad11d180b400c04fd430c8";
  for (const std::string text :
       {"{6BA7B810-9dad-11d1-80b4-00c04fd430c8}", "{6ba7b8109dad11d180b400c04fd430c8}",
        "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"}) {
    CHECK(parse_key(text).value().folded == kUuid);
    CHECK(parse_key("uuid:" + text).value() == Key{parse_key(text).value().text, kUuid, only(Kind::uuid)});
    CHECK(spelled_key(text).value().kinds == only(Kind::uuid));
  }
  CHECK(parse_key("[2001:DB8::1]").value().folded == "2001:db8::1");
  CHECK(parse_key("tcp:[fe80::1%eth0]").value().folded == "fe80::1");
  CHECK(parse_key("fe80::1%eth0").value().folded == "fe80::1");
  CHECK(spelled_key("[2001:db8::1]").value().kinds == only(Kind::tcp));
  for (const auto* other : {"{web01}", "[web01]", "{", "[]"}) CHECK(parse_key(other).value().text == other);
  CHECK_FALSE(parse_key("urn:uuid:web01"));
}

TEST_CASE("what stands around an address or a UUID in a record is no part of it either") {
  const std::string uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";
  const auto key = make_key(Kind::uuid, uuid).value();
  const auto word = make_key(uuid).value();
  for (const std::string& written :
       {"{" + uuid + "}", "urn:uuid:" + uuid, std::string("URN:UUID:6695EB01f6a4830479aa97f2502e193f")}) {
    CHECK(is_same(written, uuid));
    CHECK(holds(key, record({{3, "web"}, {5, written}})) == only(Kind::uuid));
    CHECK(holds(word, record({{3, "web"}, {5, written}})) == only(Kind::uuid));
  }
  CHECK(holds(make_key(Kind::tcp, "2001:db8::1").value(), record({{7, "[2001:DB8::0:1]"}})) ==
        only(Kind::tcp));
  CHECK_FALSE(is_same("{" + uuid, uuid));
  CHECK_FALSE(is_same("[a]", "a"));
  CHECK(holds(make_key(Kind::label, "[a]").value(), record({{3, "[a]"}})) == only(Kind::label));
}

TEST_CASE("a bad key is an error with a remedy") {
  CHECK(parse_key("labl:web01").error().fix ==
        "did you mean 'label'? the kinds are label, name, id, uuid, mac, tcp, netname, host");
  CHECK(parse_key("qqqqqqq:web01").error().code == Exit::usage);
  CHECK(parse_key("uuid:123").error().why == "this is no UUID");
  CHECK(parse_key("mac:52:54").error().why == "this is no MAC address");
  CHECK(parse_key("label:").error().why == "the value is empty");
  CHECK_FALSE(parse_key(""));
  CHECK_FALSE(parse_key("a\nb"));
  CHECK(parse_key("label: ").error().why == "it is blank");
  CHECK_FALSE(parse_key(std::string(5000, 'x')));
}

TEST_CASE("a key and a field are compared as a record is written, without blanks around them") {
  const auto line =
      record({{1, "lab01 "}, {3, " semi,colon\t"}, {4, "/vm/a,b .xml"}, {6, "52:54:00:00:00:01 "}});
  for (const auto* key : {"semi;colon", "label:semi,colon", "label: semi;colon ", "id:/vm/a;b .xml",
                          "name:a;b ", "mac:52:54:00:00:00:01", "host: lab01"}) {
    CAPTURE(key);
    CHECK(holds_any(parse_key(key).value(), line));
    CHECK(holds(parse_key(key).value(), line) != 0);
  }
  CHECK_FALSE(holds_any(parse_key("label:semi colon").value(), line));
}

TEST_CASE("a key holds for the fields of its kind") {
  const auto line = record({{1, "Lab01.example"},
                            {3, "Web01"},
                            {4, "/etc/libvirt/qemu/web.one.xml"},
                            {5, "6BA7B810-9dad-11d1-80b4-00c04fd430c8"},
                            {6, "52-54-00-AB-CD-EF"},
                            {7, "FE80::0001"},
                            {28, "web01.lab.example."}});
  const auto kinds = [&](std::string_view text) { return holds(parse_key(text).value(), line); };
  CHECK(kinds("Web01") == only(Kind::label));
  CHECK(kinds("web01") == 0);  // labels are told apart by case
  CHECK(kinds("web.one") == only(Kind::name));
  CHECK(kinds("name:web.one.xml") == 0);
  CHECK(kinds("/etc/libvirt/qemu/web.one.xml") == only(Kind::id));
  CHECK(kinds("6ba7b8109dad11d180b400c04fd430c8") == only(Kind::uuid));
  CHECK(kinds("label:6ba7b8109dad11d180b400c04fd430c8") == 0);
  CHECK(kinds("5254.00ab.cdef") == only(Kind::mac));
  CHECK(kinds("ip:fe80:0::1") == only(Kind::tcp));
  CHECK(kinds("WEB01.lab.example") == only(Kind::netname));
  CHECK(kinds("host:lab01.EXAMPLE.") == only(Kind::host));
  CHECK(kinds("lab01.example") == 0);  // a host is no machine
  CHECK(holds(parse_key("x").value(), record({})) == 0);
}

TEST_CASE("the name in a path is its file without the last suffix") {
  CHECK(name_in_path("/a/b/web01.xml") == "web01");
  CHECK(name_in_path("web01") == "web01");
  CHECK(name_in_path("/a/.hidden") == ".hidden");
  CHECK(name_in_path("/a/b/").empty());
  CHECK(name_in_path("").empty());
}
