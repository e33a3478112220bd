// Keys, markers and assignments of machine files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/conf.hpp"

#include "libvirt/conf_line.hpp"
#include "libvirt/shell_value.hpp"
#include "libvirt/text.hpp"

#include <ctys/error.hpp>

#include <algorithm>
#include <array>

namespace ctys::libvirt {
namespace {

constexpr std::size_t kMostNames = 4096;         // variables, and keys
constexpr std::size_t kMostResolved = 4U << 20;  // bytes that references yield, altogether

void require_room(const Source& source, const Attributes& names, std::size_t offset) {
  if (names.pairs.size() > kMostNames)
    throw source.error(offset, "there are more than " + std::to_string(kMostNames) + " names",
                       "a machine needs far fewer: is this its file?");
}

std::size_t line_end(std::string_view text, std::size_t from) {
  return std::min(text.find('\n', from), text.size());
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) ++at;
  return at;
}

// "NAME=value", with "export" before it. Returns the offset behind it.
std::size_t read_assignment(const Source& source, std::size_t at, Conf& conf, std::size_t& budget) {
  constexpr std::string_view kExport = "export ";
  constexpr std::string_view kAdvice = "machine files are read as data, not run: keep NAME=value lines only";
  if (source.text.substr(at).starts_with(kExport)) at = skip_blanks(source.text, at + kExport.size());
  const std::size_t start = at;
  while (at < source.text.size() && is_name_character(source.text[at], at == start)) ++at;
  if (at == start || at >= source.text.size() || source.text[at] != '=')
    throw source.error(start, "this is no assignment", std::string(kAdvice));
  const std::string name(source.text.substr(start, at - start));
  ++at;
  const std::size_t value_at = at;
  std::string value = read_shell_value(source, at, conf.variables, budget);
  require_plain_text(source, value, value_at);
  conf.variables.set(name, std::move(value));
  require_room(source, conf.variables, start);
  return at;
}

void require_text(const Source& source) {
  if (source.text.size() > kConfLimit)
    throw Error(Exit::usage, "the machine file is too large", "it has more than 1 MiB");
  if (const auto nul = source.text.find('\0'); nul != std::string_view::npos)
    throw source.error(nul, "it is no text file", "name a machine's configuration file");
}

// Comments are passed over, keys among them: key_lines() has read those.
void read_assignments(const Source& source, Conf& conf) {
  std::size_t budget = kMostResolved;
  for (std::size_t at = 0; (at = skip_blanks(source.text, at)) < source.text.size();) {
    if (source.text[at] == '#') {
      at = line_end(source.text, at);
    } else if (source.text[at] == '\n' || source.text[at] == ';') {
      ++at;
    } else {
      at = read_assignment(source, at, conf, budget);
    }
  }
}

}  // namespace

bool Conf::has_marker(std::string_view marker) const noexcept {
  return std::find(markers.begin(), markers.end(), marker) != markers.end();
}

Conf parse_keys(std::string_view text) {
  const Source source{text};
  require_text(source);
  Conf conf;
  for (KeyLine& line : key_lines(source)) {
    if (line.is_marker) {
      conf.markers.push_back(std::move(line.name));
    } else if (line.is_key() && !conf.keys.has(line.name)) {
      conf.keys.set(line.name, std::move(line.value));
      require_room(source, conf.keys, line.value_begin);
    }
  }
  return conf;
}

Conf parse_conf(std::string_view text) {
  Conf conf = parse_keys(text);
  read_assignments(Source{text}, conf);
  return conf;
}

int qemu_score(const Conf& conf) noexcept {
  constexpr int kCertain = 99;
  constexpr int kNamed = 5;
  constexpr std::array kTypical = {
      "MAC0",     "ARCH",        "CPU",          "SMP",         "MEMSIZE",         "KBD_LAYOUT",
      "NIC",      "HDA",         "HDDBOOTIMAGE", "VGADRIVER",   "DEFAULTBOOTMODE", "STARTERCALL",
      "QEMU_IMG", "KERNELIMAGE", "WRAPPERCALL",  "INSTSRCCDROM"};
  if (conf.has_marker("MAGICID-IGNORE")) return 0;
  if (conf.has_marker("MAGICID-QEMU")) return kCertain;
  if (!conf.markers.empty() && !conf.has_marker("MAGICID-NOENUM")) return 0;
  int score = 0;
  for (const auto& [name, value] : conf.keys.pairs)
    if (name == "SESSIONTYPE") score += upper(value) == "QEMU" ? kNamed : -kCertain;
  for (const char* name : kTypical) score += conf.variables.has(name) ? 1 : 0;
  return std::max(score, 0);
}

}  // namespace ctys::libvirt
