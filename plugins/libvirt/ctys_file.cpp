// Reads machine files of either kind from disk.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/ctys_file.hpp"

#include "libvirt/domain.hpp"
#include "libvirt/file.hpp"
#include "libvirt/key_value.hpp"
#include "libvirt/keys.hpp"
#include "libvirt/kvm.hpp"
#include "libvirt/metadata_node.hpp"
#include "libvirt/text.hpp"
#include "libvirt/xml.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

// FNV-1a.
std::uint64_t hash(std::string_view text, std::uint64_t basis) noexcept {
  constexpr std::uint64_t kPrime = 1099511628211ULL;
  for (const char c : text) basis = (basis ^ static_cast<unsigned char>(c)) * kPrime;
  return basis;
}

// Files that may hold keys of the same machine, in the order in which they are asked.
std::vector<fs::path> side_files(const fs::path& path) {
  std::vector<fs::path> files;
  for (const char* extension : {".vmx", ".conf", ".ctys"})
    files.push_back(fs::path(path).replace_extension(extension));
  files.emplace_back(path.parent_path().string() + ".ctys");
  return files;
}

void add_side_keys(const fs::path& path, Conf& conf) {
  for (const fs::path& file : side_files(path)) {
    if (file == path) continue;
    const auto text = try_read_trusted_file(file, kConfLimit);
    if (!text || text->find('\0') != std::string::npos) continue;
    for (const auto& [key, value] : parse_keys(*text).keys.pairs)
      if (!conf.keys.has(key)) conf.keys.set(key, value);
  }
}

bool suits(std::string_view type, const Driver& driver) {
  return driver.has_guests ? type == "kvm" || type == "qemu" : type == driver.scheme;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

pugi::xml_node machine_node(pugi::xml_node root) {
  auto metadata = root.child("metadata");
  for (auto node : metadata.children())
    if (local_name(node) == "machine" && namespace_of(node) == kMetadataUri) return node;
  if (!metadata) metadata = root.append_child("metadata");
  auto machine = metadata.append_child("ctys:machine");
  machine.append_attribute("xmlns:ctys") = kMetadataUri;
  return machine;
}

}  // namespace

HostFacts host_facts() {
  HostFacts facts;
  facts.kvm = find_kvm().works;
  struct utsname names {};
  if (uname(&names) == 0) facts.arch = names.machine;
  std::error_code error;
  for (fs::directory_iterator at("/sys/class/net", error), end; !error && at != end; at.increment(error)) {
    std::error_code none;
    if (fs::exists(at->path() / "bridge", none)) facts.bridges.push_back(at->path().filename().string());
  }
  return facts;
}

std::string uuid_of_path(std::string_view path) {
  constexpr std::uint64_t kFirst = 14695981039346656037ULL;
  constexpr std::uint64_t kSecond = 0x9e3779b97f4a7c15ULL;
  std::array<char, 33> digits{};
  static_cast<void>(std::snprintf(
      digits.data(), digits.size(), "%016llx%016llx",
      static_cast<unsigned long long>(hash(path, kFirst)),  // NOLINT(google-runtime-int): printf's type
      static_cast<unsigned long long>(hash(path, kSecond))));
  std::string text = digits.data();
  text[12] = '8';  // version: made by a rule of the vendor
  text[16] = 'a';  // variant
  return normal_uuid(text).value_or("");
}

bool looks_like_xml(std::string_view text) noexcept {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return trim(text).starts_with('<');
}

std::string domain_xml(std::string_view xml, const std::string& path, const Driver& driver) {
  const Domain domain = parse_domain(xml);
  if (!suits(domain.type, driver))
    throw Error(Exit::usage, "this domain is of type '" + domain.type + "'",
                std::string(driver.type) + " cannot run it", "choose the session type that fits it");
  if (domain.name.empty()) throw Error(Exit::usage, "this domain has no <name>", {}, "add one");
  if (std::any_of(domain.name.begin(), domain.name.end(), is_control))
    throw Error(Exit::usage, "the <name> of this domain has a line's end or a control character", {},
                "write it without");
  if (domain.os_type.empty())
    throw Error(Exit::usage, "this domain has no <type> in <os>", {}, "add <os><type>hvm</type></os>");
  pugi::xml_document document;
  load_xml(document, xml);
  auto root = document.document_element();
  if (const std::string uuid(trim(root.child_value("uuid"))); domain.uuid.empty() && !uuid.empty())
    throw Error(Exit::usage, "bad value of <uuid>", "'" + uuid + "' is no UUID",
                "correct it, or take the element out: then one is made of the file's path");
  if (domain.uuid.empty()) {
    root.remove_child("uuid");
    root.insert_child_after("uuid", root.child("name")).text().set(uuid_of_path(path).c_str());
  }
  if (!domain.attributes.has("ID")) {
    Attributes origin;
    origin.set("ID", path);
    append_attributes(machine_node(root), origin);
  }
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return text.str();
}

std::string domain_xml_from_file(const std::string& path, const Driver& driver, const HostFacts& host) {
  std::error_code error;
  const fs::path file = fs::weakly_canonical(path, error);
  const std::string name = error ? path : file.string();
  const std::string text = read_trusted_file(name, kXmlLimit);
  try {
    if (looks_like_xml(text)) return domain_xml(text, name, driver);
    constexpr const char* kFix = "name a .ctys file of QEMU or a libvirt XML file";
    if (trim(text).empty()) throw Error(Exit::usage, "the file is empty", {}, kFix);
    Conf conf = parse_conf(text);
    if (conf.has_marker("MAGICID-IGNORE"))
      throw Error(Exit::refused, "this file is marked MAGICID-IGNORE", "it is never to be used",
                  "name another one");
    const bool is_machine = qemu_score(conf) >= 5;
    if (!is_machine && file.extension() == ".xml")
      throw Error(Exit::usage, "this is no XML", "it does not begin with '<'", kFix);
    if (!is_machine)
      throw Error(Exit::usage, "this is no machine file of QEMU",
                  "it has neither MAGICID-QEMU nor its usual variables", kFix);
    add_side_keys(file, conf);
    return domain_xml(conf, name, driver, host);
  } catch (Error& failure) {
    failure.summary = name + ": " + failure.summary;
    throw;
  }
}

std::string domain_xml_from_file(const std::string& path, const Driver& driver) {
  return domain_xml_from_file(path, driver, host_facts());
}

void warn_of_bad_values(const fs::path& path, const Domain& domain, const Call& call) {
  std::vector<std::string> bad;
  if (path.extension() != ".xml")
    bad = bad_values_in(read_file(path, kConfLimit), path.string());
  else
    for (const auto& one : domain.ignored) bad.push_back(path.string() + ": " + one);
  for (const auto& one : bad) call.log(Level::warning, one + ": ignored");
}

void require_same_machine(const Request& request, const Domain& in_file) {
  const std::string uuid(request.address("UUID").value_or(""));
  if (uuid.empty() || normal_uuid(uuid).value_or(uuid) == in_file.uuid) return;
  const auto name = request.address("LABEL");
  throw Error(Exit::refused, "will not touch " + std::string(name && !name->empty() ? *name : uuid),
              "its file describes the machine with UUID " + in_file.uuid + " now, not " + uuid,
              "enumerate again and name the one you mean");
}

}  // namespace ctys::libvirt
