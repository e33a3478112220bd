// Hosts that other programs know.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/imports.hpp"

#include "base/text.hpp"
#include "groups/expand.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::groups {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

// The words of a line of ssh_config behind its keyword: in quotes or not, up to a comment.
std::vector<std::string> arguments_of(std::string_view line) {
  std::vector<std::string> words;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty() || line.front() == '#') return words;
    const bool quoted = line.front() == '"';
    const auto end = std::min(quoted ? line.find('"', 1) : line.find_first_of(kBlanks), line.size());
    words.emplace_back(line.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0)));
    line.remove_prefix(std::min(end + (quoted ? 1 : 0), line.size()));
  }
}

bool is_pattern(std::string_view word) {
  return word.find_first_of("*?!") != std::string_view::npos;
}

// The words of libvirt.conf, one after the other.
class ConfReader {
 public:
  explicit ConfReader(std::string_view text) : text_(text) {}

  [[nodiscard]] unsigned line() const { return line_; }
  [[nodiscard]] bool done() {
    pass_over_blanks();
    return text_.empty();
  }
  // A character of the syntax.
  bool take(char c) {
    pass_over_blanks();
    if (text_.empty() || text_.front() != c) return false;
    drop(1);
    return true;
  }
  std::string_view name() {
    pass_over_blanks();
    const auto is_part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
             c == '.' || c == '-';
    };
    const auto* const end = std::find_if_not(text_.begin(), text_.end(), is_part);
    return cut(static_cast<std::size_t>(end - text_.begin()));
  }
  std::optional<std::string_view> string() {
    pass_over_blanks();
    for (const std::string_view quote : {R"(""")", R"(")", "'"}) {
      if (!text_.starts_with(quote)) continue;
      const auto end = text_.find(quote, quote.size());
      const auto line_end = text_.find('\n');
      if (end == std::string_view::npos || (quote.size() == 1 && line_end < end)) return std::nullopt;
      drop(quote.size());
      const auto content = cut(end - quote.size());
      drop(quote.size());
      return content;
    }
    return std::nullopt;
  }

 private:
  void drop(std::size_t count) {
    line_ += static_cast<unsigned>(
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(count), '\n'));
    text_.remove_prefix(count);
  }
  std::string_view cut(std::size_t count) {
    const auto part = text_.substr(0, count);
    drop(count);
    return part;
  }
  void pass_over_blanks() {
    for (;;) {
      drop(std::min(text_.find_first_not_of(" \t\r\f\v\n"), text_.size()));
      if (!text_.starts_with('#')) return;
      drop(std::min(text_.find('\n'), text_.size()));
    }
  }

  std::string_view text_;
  unsigned line_ = 1;
};

void add_alias(std::vector<UriAlias>& aliases, std::string_view text, unsigned line) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || aliases.size() >= kMostMentions) return;
  aliases.push_back({std::string(text::trim(text.substr(0, equals))),
                     std::string(text::trim(text.substr(equals + 1))), line});
}

// A value of a setting: its strings are aliases where `wanted`. False: it is not understood.
bool read_value(ConfReader& reader, bool wanted, std::vector<UriAlias>& aliases) {
  const auto take_string = [&] {
    const auto line = reader.line();
    const auto text = reader.string();
    if (text && wanted) add_alias(aliases, *text, line);
    return text.has_value();
  };
  if (!reader.take('[')) return take_string() || !reader.name().empty();
  while (!reader.take(']')) {
    if (reader.done()) return false;
    if (!take_string() && reader.name().empty()) return false;
    if (!reader.take(',')) return reader.take(']');
  }
  return true;
}

}  // namespace

SshHosts ssh_hosts(std::string_view config) {
  SshHosts found;
  unsigned number = 0;
  for (auto line : text::split(config, '\n')) {
    ++number;
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    const auto end = std::min(line.find_first_of(" \t\r\f\v=\""), line.size());
    const bool is_host = text::equal_ci(line.substr(0, end), "host");
    if (!is_host && !text::equal_ci(line.substr(0, end), "include")) continue;
    line.remove_prefix(end);
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.starts_with('=')) line.remove_prefix(1);
    auto& to = is_host ? found.hosts : found.includes;
    for (auto& word : arguments_of(line))
      if (!word.empty() && !(is_host && is_pattern(word)) && to.size() < kMostMentions)
        to.push_back({std::move(word), number});
  }
  return found;
}

std::vector<UriAlias> uri_aliases(std::string_view config) {
  std::vector<UriAlias> aliases;
  ConfReader reader(config);
  while (!reader.done()) {
    const auto name = reader.name();
    if (name.empty() || !reader.take('=')) break;
    if (!read_value(reader, name == "uri_aliases", aliases)) break;
  }
  return aliases;
}

std::optional<std::string> host_of_uri(std::string_view uri) {
  const auto colon = uri.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const auto scheme = uri.substr(0, colon);
  auto place = uri.substr(colon + 3);
  place = place.substr(0, place.find_first_of("/?#"));
  // Percent signs would have to be read: no name of a host needs one.
  if (place.empty() || place.find('%') != std::string_view::npos) return std::nullopt;
  const auto plus = scheme.find('+');
  const auto transport = plus == std::string_view::npos ? std::string_view() : scheme.substr(plus + 1);
  if (transport == "ssh" || transport == "libssh" || transport == "libssh2") return std::string(place);
  // Users and ports of other ways are none of SSH.
  if (const auto at = place.rfind('@'); at != std::string_view::npos) place.remove_prefix(at + 1);
  const auto end = place.starts_with('[') ? place.find(']') + 1 : place.find(':');
  return std::string(place.substr(0, end));
}

Result<model::Target> member_of(std::string_view word) {
  auto target = TRY(model::parse_target(word));
  if (target.host.find_first_not_of('.') == std::string::npos)
    return fail(Exit::usage, "bad host '" + text::printable(word) + "'", "this is no host name");
  Source none;
  none.names = [] { return std::vector<std::string>(); };
  none.load = [](const std::string&, std::size_t) { return Result<std::optional<File>>(std::nullopt); };
  const auto text = read_group_text(word, "word");
  const std::array<std::string, 1> words{std::string(word)};
  const auto hosts = expand(words, none, {[](const std::string&) { return true; }});
  const bool is_itself = text && text->words.size() == 1 && text->contexts.empty() && hosts &&
                         hosts->size() == 1 && hosts->front().name == word && hosts->front().contexts.empty();
  if (!is_itself)
    return fail(Exit::usage, "bad host '" + text::printable(word) + "'",
                "it would be read as something else in a group");
  return target;
}

}  // namespace ctys::groups
