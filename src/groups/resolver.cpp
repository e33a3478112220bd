// Resolves words to hosts: groups in groups, with a bound on everything a file could make large.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/resolver.hpp"

#include "base/text.hpp"
#include "groups/range.hpp"
#include "groups/set.hpp"
#include "model/lexer.hpp"

#include <algorithm>
#include <utility>

namespace ctys::groups {
namespace {

constexpr std::size_t kMaxWork = 20 * kMaxHosts;
constexpr std::size_t kMaxContextBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxRead = 10'000;  // files of one call
constexpr std::string_view kStacks = "stacks of machines: ctys works on single machines only so far";

tl::unexpected<Error> refused(const std::string& place, std::string what, std::string why = {},
                              std::string fix = {}) {
  return fail(Exit::usage, place.empty() ? std::move(what) : place + ": " + what, std::move(why),
              std::move(fix));
}

bool is_host_name(std::string_view name) noexcept {
  return name.find('*') == std::string_view::npos && name.find("@-") == std::string_view::npos &&
         !name.ends_with('@') && !name.starts_with('@');
}

// web[1-9].lab is web0.lab: what stands between brackets has been looked at before.
std::string without_brackets(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] != '[') {
      out += name[at];
      continue;
    }
    out += '0';
    at = std::min(name.find(']', at), name.size());
  }
  return out;
}

// root@prod:2222 is {root, prod, 2222}; an IPv6 address has no port here.
struct Parts {
  std::string_view user;
  std::string_view name;
  std::string_view port;
};
Parts cut_target(std::string_view word) noexcept {
  Parts parts;
  if (const auto at = word.rfind('@'); at != std::string_view::npos && at > 0) {
    parts.user = word.substr(0, at);
    word.remove_prefix(at + 1);
  }
  const auto colon = word.find(':');
  const bool is_port = colon != std::string_view::npos && colon + 1 < word.size() &&
                       word.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  parts.name = is_port ? word.substr(0, colon) : word;
  if (is_port) parts.port = word.substr(colon + 1);
  return parts;
}

// Of host:99 and [fe80::1]:99; empty where there is none.
std::string_view port_of(std::string_view host) noexcept {
  const auto bracket = host.rfind("]:");
  return bracket == std::string_view::npos ? cut_target(host).port : host.substr(bracket + 2);
}

bool is_good_port(std::string_view port) noexcept {
  constexpr std::uint64_t kMost = 65535;
  const auto number = text::number(port);
  return port.empty() || (number && *number > 0 && *number <= kMost);
}

bool has_port(std::string_view host) noexcept {
  const auto behind = host.rfind(']') == std::string_view::npos ? host : host.substr(host.rfind(']'));
  return std::count(behind.begin(), behind.end(), ':') == 1;
}

void complete(Host& host, const std::string& user, const std::string& port) {
  if (!user.empty() && host.name.find('@') == std::string::npos) host.name.insert(0, user + "@");
  if (port.empty() || has_port(host.name)) return;
  const bool is_v6 = host.name.find(':') != std::string::npos && host.name.find('[') == std::string::npos;
  if (is_v6) {
    const auto at = host.name.find('@') + 1;  // npos + 1 is 0
    host.name = host.name.substr(0, at) + "[" + host.name.substr(at) + "]";
  }
  host.name += ":" + port;
}

}  // namespace

Result<std::shared_ptr<const Group>> Resolver::group(const std::string& name, const Position& position) {
  const auto key = std::to_string(position.folder) + ":" + name;
  if (const auto known = found_.find(key); known != found_.end()) return known->second;
  auto& found = found_[key];
  auto file = TRY(source_.load(name, position.folder));
  if (!file) return nullptr;
  auto& group = read_[file->path];
  if (read_.size() > kMaxRead)
    return refused({}, "the targets name more than " + std::to_string(kMaxRead) + " groups");
  if (!group) {
    auto text = TRY(read_group_text(file->content, file->path));
    file->content.clear();
    group = std::make_shared<const Group>(Group{*std::move(file), std::move(text)});
  }
  return found = group;
}

tl::unexpected<Error> Resolver::cycle(std::size_t from, const std::string& name,
                                      const std::string& place) const {
  std::string way = open_[from].name;
  for (auto at = from + 1; at < open_.size(); ++at)
    way += " -> " + open_[at].name + " (" + open_[at].place + ")";
  way += " -> " + name + " (" + place + ")";
  return refused(place, "the group " + model::in_quotes(open_[from].name) + " contains itself",
                 std::move(way), "take one of these lines out");
}

Result<Hosts> Resolver::members(const std::shared_ptr<const Group>& group, const Position& position,
                                unsigned line) {
  const auto& path = group->file.path;
  const auto place = position.place(line);
  for (std::size_t at = 0; at < open_.size(); ++at)
    if (open_[at].path == path) return cycle(at, group->file.name, place);
  auto known = done_.find(path);
  const auto height = known == done_.end() ? 1 : known->second.height;
  if (open_.size() + height > kMaxDepth)
    return refused(place, "groups are nested too deeply",
                   "at most " + std::to_string(kMaxDepth) + " are possible",
                   "include " + model::in_quotes(group->file.name) + " further up");
  if (known == done_.end()) {
    const auto outer = std::exchange(highest_, 0U);
    open_.push_back({path, group->file.name, place});
    auto hosts = words(group->text.words, {&group->file, group->file.folder});
    open_.pop_back();
    if (!hosts) return hosts;
    TRY_VOID(add_contexts(*hosts, group->text.contexts, true));
    const auto own = highest_ + 1;
    highest_ = outer;
    known = done_.emplace(path, Done{*std::move(hosts), own}).first;
  }
  highest_ = std::max(highest_, known->second.height);
  return known->second.hosts;
}

Result<Hosts> Resolver::words(const std::vector<Word>& words, const Position& position,
                              const std::vector<std::string>& for_all) {
  Hosts all;
  for (const auto& word : words) {
    auto more = TRY(this->word(word, position, for_all));
    TRY_VOID(append(all, std::move(more)));
  }
  if (!rules_.keep_duplicates) drop_duplicates(all);
  return all;
}

Result<Hosts> Resolver::word(const Word& word, const Position& position,
                             const std::vector<std::string>& for_all) {
  Hosts all;
  for (const auto& operand : word) {
    auto more = TRY(this->operand(operand, position));
    TRY_VOID(add_contexts(more, for_all, false));
    if (operand.op == ',') {
      TRY_VOID(add_contexts(more, operand.contexts, false));
      TRY_VOID(append(all, std::move(more)));
      continue;
    }
    all = combine(operand.op, std::move(all), std::move(more));
    TRY_VOID(add_contexts(all, operand.contexts, false));
  }
  return all;
}

// What an operand stands for, without the options behind it.
Result<Hosts> Resolver::operand(const Operand& operand, const Position& position) {
  if (operand.kind == Kind::stack && !rules_.stacks)
    return refused(position.place(operand.line), "cannot use 'VMSTACK'", std::string(kStacks));
  if (operand.kind != Kind::name && operand.kind != Kind::include) return words(operand.members, position);
  if (const auto groups = TRY(named_groups(operand, position))) return named(*groups, operand, position);
  return host(operand, position);
}

Result<Hosts> Resolver::named(const Named& named, const Operand& operand, const Position& position) {
  Hosts hosts;
  for (const auto& name : named.names) {
    const auto group = TRY(this->group(name, position));
    if (!group) return no_group(source_, name, position.place(operand.line));
    if (name.ends_with(".VMSTACK") && !rules_.stacks)
      return refused(position.place(operand.line), "cannot use " + model::in_quotes(name),
                     std::string(kStacks));
    auto more = TRY(members(group, position, operand.line));
    TRY_VOID(append(hosts, std::move(more)));
  }
  for (auto& host : hosts) complete(host, named.user, named.port);
  return hosts;
}

Result<std::optional<Resolver::Named>> Resolver::named_groups(const Operand& operand,
                                                              const Position& position) {
  if (operand.kind == Kind::include) return Named{{operand.name}, {}, {}};
  if (operand.kind != Kind::name) return std::nullopt;
  const std::string_view word = operand.name;
  if (!word.starts_with('@')) {
    const auto parts = cut_target(word);
    const std::string name(parts.name);
    const bool is_folder = name.ends_with('/');
    if (is_folder || !is_group_name(name) || parts.user.find('*') != std::string_view::npos)
      return std::nullopt;
    if (rules_.is_host && rules_.is_host(name)) return std::nullopt;
    const auto group = TRY(this->group(name, position));
    // A file may be called like a host in it.
    if (!group || (position.file != nullptr && group->file.path == position.file->path)) return std::nullopt;
    return Named{{name}, std::string(parts.user), std::string(parts.port)};
  }
  const auto parts = cut_target(word.substr(1));
  const std::string name(parts.name);
  if (!parts.user.empty())
    return refused(position.place(operand.line), "bad group " + model::in_quotes(word), "there are two '@'");
  Named groups{{}, {}, std::string(parts.port)};
  if (name == "*" || name.ends_with('/')) {
    for (auto& known : source_.names())
      if (name == "*" || known.starts_with(name)) groups.names.push_back(std::move(known));
    if (groups.names.empty()) return no_group(source_, name, position.place(operand.line));
    return groups;
  }
  if (brackets_of(name) == Brackets::ranges)
    groups.names = TRY(expand_ranges(name));
  else
    groups.names.push_back(name);
  return groups;
}

Result<Hosts> Resolver::host(const Operand& operand, const Position& position) {
  const auto place = position.place(operand.line);
  const auto& word = operand.name;
  const auto brackets = brackets_of(word);
  if (brackets == Brackets::stack)
    return refused(place, "cannot use " + model::in_quotes(word), std::string(kStacks),
                   "a range of hosts has numbers only: web[1-9]");
  const auto bare = without_brackets(word);
  if (bare.find('/') != std::string::npos) return no_group(source_, word, place);
  if (!is_host_name(bare))
    return refused(place, "bad target " + model::in_quotes(word), "this is neither a host nor a group");
  Hosts hosts;
  auto names = std::vector<std::string>{word};
  if (brackets == Brackets::ranges) {
    auto expanded = expand_ranges(word);
    if (!expanded && !place.empty()) expanded.error().summary.insert(0, place + ": ");
    names = TRY(std::move(expanded));
  }
  for (auto& name : names) {
    if (!is_good_port(port_of(name)))
      return refused(place, "bad target " + model::in_quotes(name), "a port is a number from 1 to 65535");
    if (rules_.is_host && !rules_.is_host(std::string(cut_target(name).name)))
      return refused(place, "unknown host and/or group " + model::in_quotes(name), {},
                     "'ctys groups list' shows the groups there are");
    hosts.push_back({std::move(name), {}, place});
  }
  return hosts;
}

Result<void> Resolver::append(Hosts& all, Hosts more) {
  work_ += more.size();
  if (all.size() + more.size() > kMaxHosts || work_ > kMaxWork)
    return refused({}, "there are more than " + std::to_string(kMaxHosts) + " hosts in one call");
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return {};
}

Result<void> Resolver::add_contexts(Hosts& hosts, const std::vector<std::string>& contexts, bool in_front) {
  std::size_t bytes = 0;
  for (const auto& context : contexts) bytes += context.size() + sizeof(std::string);
  context_bytes_ += bytes * hosts.size();
  if (context_bytes_ > kMaxContextBytes)
    return refused({}, "the options of all targets are too long together");
  if (bytes == 0) return {};
  for (auto& host : hosts)
    host.contexts.insert(in_front ? host.contexts.begin() : host.contexts.end(), contexts.begin(),
                         contexts.end());
  return {};
}

}  // namespace ctys::groups
