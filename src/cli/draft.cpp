// Readers of values that both grammars share.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/draft.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace ctys::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kBootWords = "HDD|VHDD|CD|DVD|ISO|PXE|FDD|KERNEL|USB|INSTALL";
constexpr std::string_view kConsoleWords = "NONE|CLI|XTERM|GTERM|VNC";
constexpr std::string_view kLaterConsoles =
    "CLI0|EMACS|EMACSA|EMACSM|EMACSAM|SDL|RDP|RDPVIEWER|VBOX|VBOXSDL|VMW|VMWRC|VMRC|FIREFOX";
constexpr std::string_view kStateWords =
    "ACTIVE|BACKUP|DISABLED|EMPTY|TEMPLATE|TESTDUMMY|IGNORE|ENABLED|ALL|PRESENT|CUSTOM";

bool is_plain_word(std::string_view word) noexcept {
  return !word.empty() && word.size() <= 32 && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

// Cuts digits off the front of `text`: how many there were.
std::size_t cut_digits(std::string_view& text) noexcept {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count;
}

bool cut_prefix(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// 127.x.x.x
bool is_loopback(std::string_view host) noexcept {
  if (!cut_prefix(host, "127")) return false;
  for (int i = 0; i < 3; ++i)
    if (!cut_prefix(host, ".") || cut_digits(host) == 0) return false;
  return host.empty();
}

// Width, height and offsets of an X11 geometry, nothing else.
bool is_plain_geometry(std::string_view text) noexcept {
  const auto is_count = [&] {
    const auto digits = cut_digits(text);
    return digits >= 1 && digits <= 5;
  };
  if (!is_count()) return false;
  if (cut_prefix(text, "x") && !is_count()) return false;
  for (int i = 0; i < 2 && !text.empty(); ++i)
    if ((!cut_prefix(text, "+") && !cut_prefix(text, "-")) || !is_count()) return false;
  return text.empty();
}

}  // namespace

void Draft::refuse(std::string_view word, std::string_view sentence) {
  if (!refused) refused = Error{Exit::usage, "cannot use " + in_quotes(word), std::string(sentence)};
}

tl::unexpected<Error> bad_value(std::string_view option, std::string_view value, std::string why,
                                std::string fix) {
  return fail(Exit::usage, "bad value " + in_quotes(value) + " of " + std::string(option), std::move(why),
              std::move(fix));
}

tl::unexpected<Error> bad_word(std::string_view option, std::string_view value, std::string_view known) {
  auto words = text::split(known, '|');
  std::erase(words, std::string_view());  // where the option may stand alone
  std::string list;
  for (const auto word : words) list.append(list.empty() ? "" : " ").append(word);
  auto fix = text::did_you_mean(value, words);
  // Of the classic grammar's suboptions, the value stands behind a colon.
  const auto* const between = option.starts_with('-') || option.starts_with("ctys ") ? " " : ":";
  if (fix.empty()) fix = "write it like: " + std::string(option) + between + std::string(words.front());
  return bad_value(option, value, "the words are: " + list, std::move(fix));
}

Result<unsigned> parse_number(std::string_view option, std::string_view value, unsigned limit) {
  const auto number = text::number(value);
  if (!number) return bad_value(option, value, "this is no whole number");
  if (*number > limit) return bad_value(option, value, "at most " + std::to_string(limit) + " is possible");
  return static_cast<unsigned>(*number);
}

Result<seconds> parse_seconds(std::string_view option, std::string_view value) {
  return seconds(TRY(parse_number(option, value, kMaxSeconds)));
}

Result<milliseconds> parse_time(std::string_view option, std::string_view value) {
  std::string_view unit = value;
  const auto number = text::number(value.substr(0, cut_digits(unit)));
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> kUnits{
      {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}}};
  const auto* const known = std::find_if(
      kUnits.begin(), kUnits.end(), [&](const auto& entry) { return text::equal_ci(entry.first, unit); });
  const bool has_digits = unit.size() < value.size();
  if (!has_digits || known == kUnits.end())
    return bad_value(option, value, value.starts_with('-') ? "a time is never negative" : "this is no time",
                     "write it like 10, 10s, 500ms, 2m or 1h, at most 168h");
  constexpr std::uint64_t kLimit = kMaxSeconds * std::uint64_t{1000};
  if (!number || *number > kLimit / known->second)
    return bad_value(option, value, "at most seven days are possible", "write 168h or less");
  return milliseconds(*number * known->second);
}

Result<void> add_types(Draft& draft, std::string_view option, std::string_view list) {
  auto& names = draft.request.types;
  if (list.find_first_not_of(", ") == std::string_view::npos)
    return bad_value(option, list, "the type is empty", "'ctys plugins' lists the types");
  for (const auto word : text::split(list, ',')) {
    if (word.empty()) continue;
    if (!is_plain_word(word))
      return bad_value(option, word, "this is no session type", "'ctys plugins' lists them");
    std::string name = text::upper(word);
    if (name == "ALL") {
      names.clear();
      continue;
    }
    if (name == "KVM") name = "QEMU";
    for (const auto& known : types())
      if (known.name == name) draft.refuse(name, known.refused);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return {};
}

Result<void> set_console(Draft& draft, std::string_view option, std::string_view value) {
  auto& create = draft.request.create;
  const std::string_view kind = value.substr(0, value.find(':'));
  if (is_one_of(kind, kLaterConsoles)) {
    draft.refuse(std::string(option) + " " + std::string(kind), refusal::kConsoles);
    return {};
  }
  const auto words = text::split(kConsoleWords, '|');
  const auto found =
      std::find_if(words.begin(), words.end(), [&](auto word) { return text::equal_ci(word, kind); });
  if (found == words.end()) return bad_word(option, kind, kConsoleWords);
  create.console = static_cast<model::Console>(found - words.begin());
  create.vnc_port.clear();
  if (kind.size() == value.size()) return {};
  if (create.console != model::Console::vnc)
    return bad_value(option, value, "only a VNC console has a port", "write VNC:5901");
  constexpr unsigned kPorts = 65535;
  create.vnc_port = std::to_string(TRY(parse_number(option, value.substr(kind.size() + 1), kPorts)));
  return {};
}

Result<void> check_boot_path(std::string_view option, std::string_view path) {
  if (text::printable(path) != path)
    return bad_value(option, path, "the path holds control characters or is not UTF-8");
  if (!path.empty() && path.front() != '/')
    return bad_value(option, path, "the hypervisor needs an absolute path", "write it with '/' in front");
  return {};
}

Result<void> set_boot(Draft& draft, std::string_view option, const std::vector<std::string>& parts) {
  auto& create = draft.request.create;
  std::string mode = text::upper(parts.front());
  if (!is_one_of(mode, kBootWords)) return bad_word(option, parts.front(), kBootWords);
  if (mode == "VHDD") mode = "HDD";
  if (mode == "DVD" || mode == "ISO") mode = "CD";
  if (mode == "USB") draft.refuse(std::string(option) + " USB", refusal::kUsb);
  if (mode == "INSTALL") draft.refuse(std::string(option) + " INSTALL", refusal::kInstall);
  if (parts.size() > (mode == "KERNEL" ? 4U : 2U))
    return bad_value(option, parts.back(), "there are more values than " + mode + " has");
  const auto part = [&](std::size_t at) { return at < parts.size() ? parts[at] : std::string(); };
  create.boot_mode = mode;
  create.boot_path = part(1);
  create.initrd = part(2);
  create.append = part(3);
  for (const auto* path : {&create.boot_path, &create.initrd}) TRY_VOID(check_boot_path(option, *path));
  return {};
}

Result<void> set_display(Draft& draft, std::string_view option, std::string_view value) {
  const auto colon = value.rfind(':');
  const std::string_view host = colon == std::string_view::npos ? std::string_view{} : value.substr(0, colon);
  const std::string_view place = colon == std::string_view::npos ? value : value.substr(colon + 1);
  std::string_view rest = place;
  const auto display = cut_digits(rest);
  const bool is_number = display >= 1 && display <= 3 &&
                         (rest.empty() || (cut_prefix(rest, ".") && cut_digits(rest) >= 1 && rest.empty()));
  if (!host.empty() && !text::equal_ci(host, "localhost") && !is_loopback(host))
    return bad_value(option, value, "X windows do not cross the border of this host unencrypted",
                     "name a display of this host, :0 for example");
  if (!is_number) {
    // -D may name a session instead, by its label.
    if (colon != std::string_view::npos || !is_plain_word(value) || option.starts_with("--"))
      return bad_value(option, value, "this is no display", "write :0, :0.1 or localhost:10");
    draft.refuse(std::string(option) + " " + std::string(value), refusal::kSessions);
    return {};
  }
  draft.request.display = std::string(host) + ":" + std::string(place);
  return {};
}

Result<void> set_geometry(Draft& draft, std::string_view option, std::string_view value) {
  const std::string_view plain = value.substr(0, value.find(':'));
  if (!is_plain_geometry(plain))
    return bad_value(option, value, "this is no geometry", "write it like 800x600+10+10");
  if (plain.size() != value.size())
    draft.refuse(std::string(option) + " " + std::string(value), refusal::kDesktop);
  draft.request.geometry = std::string(plain);
  return {};
}

Result<void> set_schedule(Draft& draft, std::string_view option, std::string_view value,
                          std::string_view more) {
  const auto words = text::split(value, ',');
  if (words.size() > 2) return bad_value(option, value, "there are more than two values");
  const auto known = std::string("sync|off|0|async|on|1|sequential|seq|2|parallel|par|3").append(more);
  for (const auto word : words) {
    if (!is_one_of(word, known)) return bad_word(option, word, known);
    const bool is_async = is_one_of(word, "async|on|1");
    if (is_async || is_one_of(word, "sync|off|0")) draft.request.background = is_async;
    if (is_one_of(word, "sequential|seq|2|parallel|par|3"))
      draft.request.in_turn = is_one_of(word, "sequential|seq|2");
  }
  return {};
}

Result<void> set_lookup(Draft& draft, std::string_view option, std::string_view value) {
  bool off = false;
  bool only = false;
  for (const auto word : text::split(value, ',')) {
    off = off || text::equal_ci(word, "OFF");
    only = only || text::equal_ci(word, "ONLY");
    if (constexpr auto kWords = "OFF|BOTH|ONLY|LOCAL|REMOTE|ON"; !is_one_of(word, kWords))
      return bad_word(option, word, kWords);
  }
  if (off && only)
    return bad_value(option, value, "OFF and ONLY exclude each other", "leave out one of them");
  draft.request.naming.lookup = only  ? model::Lookup::inventory_only
                                : off ? model::Lookup::hypervisors
                                      : model::Lookup::both;
  return {};
}

Result<void> set_databases(Draft& draft, std::string_view option, std::string_view value) {
  if (value.find_first_not_of(':') == std::string_view::npos || text::printable(value) != value)
    return bad_value(option, value, "the path is empty, or holds control characters");
  draft.request.naming.databases = value;
  return {};
}

Result<void> add_states(Draft& draft, std::string_view option, const std::vector<std::string>& words) {
  bool custom = false;  // any word of the user's own may follow
  for (const auto& word : words) {
    if (!custom && !is_one_of(word, kStateWords)) {
      auto error = bad_word(option, word, kStateWords);
      if (!error.value().fix.starts_with("did you mean"))
        error.value().fix = "put CUSTOM in front of words of your own";
      return error;
    }
    if (text::printable(word) != word || word.empty()) return bad_value(option, word, "this is no word");
    if (!custom && text::equal_ci(word, "CUSTOM"))
      custom = true;
    else
      draft.request.enumerate.states.push_back(text::upper(word));
  }
  return {};
}

Result<void> check_self(const model::CancelOptions& cancel) {
  if (!cancel.self) return {};
  if (cancel.part == model::Part::client)
    return fail(Exit::usage, "SELF and CLIENT exclude each other",
                "this host is ended once no machine runs on it any more", "leave out one of them");
  if (cancel.method != model::CancelMethod::power_off && cancel.method != model::CancelMethod::reboot)
    return fail(Exit::usage, "SELF ends this host by POWEROFF or REBOOT only", {},
                "choose one of these methods");
  return {};
}

void check_address(Draft& draft, const model::Address& address) {
  for (const auto& pair : address.keys)
    if (const auto* key = model::find_address_key(pair.key)) draft.refuse_if(pair.key, key->refused);
}

model::Layout layout_of(model::Action action) {
  using model::Action;
  using model::Layout;
  switch (action) {
    case Action::list:
      return Layout::list;
    case Action::enumerate:
    case Action::vhost:
    case Action::find:
      return Layout::enumerate;
    case Action::info:
    case Action::show:
    case Action::attribute:
      return Layout::report;
    case Action::plugins:
      return Layout::plugins;
    case Action::doctor:
      return Layout::doctor;
    case Action::import:
      return Layout::import;
    case Action::distribute:
      return Layout::copies;
    case Action::vping:
      return Layout::vping;
    case Action::macmap:
      return Layout::macmap;
    case Action::jobs:
      return Layout::jobs;
    case Action::persist:
      return Layout::kept;
    case Action::vdbgen:
    case Action::is_active:
    case Action::client_port:
    case Action::create:
    case Action::cancel:
    case Action::groups:
      break;
  }
  return Layout::result;
}

Result<const model::ColumnName*> column_of(model::Layout layout, std::string_view option,
                                           std::string_view word) {
  const auto numbered = model::columns(layout);
  if (const auto number = text::number(word)) {
    if (*number == 0 || *number > numbered.size())
      return bad_value(option, word, "the columns have the numbers 1 to " + std::to_string(numbered.size()));
    return &numbered[*number - 1];
  }
  if (const auto* column = model::find_column(layout, word)) return column;
  std::vector<std::string_view> known;
  for (const auto columns : {numbered, model::extra_columns(layout)})
    for (const auto& column : columns) known.push_back(long_form(column.keywords));
  auto fix = text::did_you_mean(word, known);
  return fail(Exit::usage, "unknown column " + in_quotes(word) + " of " + std::string(option), {},
              fix.empty() ? "'ctys help filters' tells about columns" : std::move(fix));
}

}  // namespace ctys::cli
