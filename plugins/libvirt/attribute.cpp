// ATTRIBUTE: reads and writes what ctys knows of a machine, in the domain's metadata or in its `.ctys` file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/conf.hpp"
#include "libvirt/conf_edit.hpp"
#include "libvirt/connection.hpp"
#include "libvirt/ctys_file.hpp"
#include "libvirt/file.hpp"
#include "libvirt/key_value.hpp"
#include "libvirt/keys.hpp"
#include "libvirt/text.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace ctys::libvirt {
namespace {

constexpr std::size_t kLongestValue = 4096;
constexpr std::size_t kShown = 200;  // bytes of a value in a message
constexpr std::size_t kMostAttributes = 256;

struct Wish {
  std::string op;  // LIST GET SET DELETE
  std::string key;
  std::string value;
  bool planned = false;  // only what it would do is told
  [[nodiscard]] bool writes() const { return op == "SET" || op == "DELETE"; }
};

void require_value(const std::string& key, const std::string& value) {
  const auto refuse = [](std::string why) {
    throw Error(Exit::usage, "this value cannot be stored", std::move(why), "use a simpler value");
  };
  if (value.size() > kLongestValue) refuse("it is longer than " + std::to_string(kLongestValue) + " bytes");
  if (value.find(';') != std::string::npos) refuse("';' separates the fields of records");
  if (std::any_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }))
    refuse("it holds control characters");
  if (const std::string problem = value_problem(key, value); !problem.empty())
    throw Error(Exit::usage, "cannot set " + key, "'" + value.substr(0, kShown) + "' " + problem,
                "give it a value that fits, or delete it: ctys attribute delete");
}

Wish wish_of(const Request& request) {
  Wish wish{
      upper(request.option("OP").value_or("LIST")), {}, std::string(request.option("VALUE").value_or(""))};
  wish.planned = wish.op == "PLAN";
  if (wish.planned) wish.op = upper(request.option("OF").value_or(""));
  const bool known = wish.writes() || wish.op == "GET" || (!wish.planned && wish.op == "LIST");
  if (!known)
    throw Error(Exit::usage, "'" + wish.op + "' cannot be done with attributes", {},
                "use LIST, GET, SET or DELETE, or PLAN OF one of the last three");
  if (wish.op == "LIST") return wish;
  if (request.option("KEY").value_or("").empty())
    throw Error(Exit::usage, "which attribute is meant?", {}, "name one, e.g. LABEL");
  wish.key = known_key(*request.option("KEY"));
  if (wish.op == "SET") require_value(wish.key, wish.value);
  if (wish.writes() && wish.key == "UUID")
    throw Error(Exit::usage, "the UUID of a machine cannot be changed here", "machines are known by it",
                "choose another attribute; LABEL is a machine's name for people");
  return wish;
}

class Reporter {
 public:
  Reporter(const Driver& driver, const Request& request, const Call& call)
      : driver_(driver), request_(request), call_(call), topic_(title_of(request)) {}
  // A path alone says nothing of how its machine is called.
  void name_by(const Attributes& attributes) {
    if (!attributes.get("LABEL").empty()) topic_ = attributes.get("LABEL");
  }

  // LIST and GET.
  void values(const Attributes& attributes, const Wish& wish) const {
    if (wish.op == "GET" && !attributes.has(wish.key))
      throw Error(Exit::nothing, topic_ + " has no attribute " + wish.key, {},
                  "ctys attribute list shows those it has");
    if (wish.planned) {
      Row step = row(wish.key, {});
      call_.emit(step.set(Field::result, "planned").set(Field::detail, "read " + wish.key));
      return;
    }
    for (const auto& [key, value] : attributes.pairs)
      if (wish.op == "LIST" || key == wish.key) call_.emit(row(key, value));
  }
  // `name`: what a machine is called that has no label.
  void written(const Wish& wish, bool changed, const std::string& name) {
    if (wish.key == "LABEL" && !wish.planned) topic_ = wish.value.empty() ? name : wish.value;
    Row result = row(wish.key, wish.value);
    result.set(Field::result, wish.planned ? "planned" : changed ? "done" : "already");
    const std::string deleted = changed ? " was deleted" : " was not set";
    const std::string now = wish.key + (wish.op == "SET" ? " is '" + wish.value + "'" : deleted);
    result.set(Field::detail, wish.planned ? step_of(wish, now, changed) : now);
    call_.emit(result);
  }

 private:
  static std::string step_of(const Wish& wish, const std::string& now, bool changes) {
    if (!changes) return "nothing: " + now;
    return wish.op == "SET" ? "set " + wish.key + " to '" + wish.value + "'" : "delete " + wish.key;
  }
  [[nodiscard]] Row row(const std::string& key, const std::string& value) const {
    Row result;
    result.set(Field::type, std::string(driver_.type)).set(Field::topic, topic_).set(Field::label, topic_);
    result.set(Field::uuid, std::string(request_.address("UUID").value_or("")));
    result.set(Field::key, key)
        .set(Field::value, value)
        .set(Field::context, std::string(request_.endpoint()));
    return result;
  }
  const Driver& driver_;
  const Request& request_;
  const Call& call_;
  std::string topic_;
};

bool change(Attributes& attributes, const Wish& wish) {
  if (wish.op == "DELETE") return attributes.erase(wish.key);
  if (attributes.has(wish.key) && attributes.get(wish.key) == wish.value) return false;
  attributes.set(wish.key, wish.value);
  if (attributes.pairs.size() > kMostAttributes)
    throw Error(Exit::usage, "this machine has too many attributes", "256 is the limit", "delete some");
  return true;
}

// Both the running and the stored configuration, as far as the domain has them.
void store(virDomainPtr domain, const Attributes& attributes) {
  unsigned flags = 0;
  if (virDomainIsActive(domain) == 1) flags |= VIR_DOMAIN_AFFECT_LIVE;
  if (virDomainIsPersistent(domain) == 1) flags |= VIR_DOMAIN_AFFECT_CONFIG;
  const std::string xml = metadata_xml(attributes);
  const char* element = attributes.pairs.empty() ? nullptr : xml.c_str();  // null removes it
  if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, element, kMetadataPrefix, kMetadataUri,
                           flags) < 0)
    throw last_error_of(domain, "cannot store the attributes of");
}

// The attributes as they will be at the next start: stored ones are newer than those of a running machine.
Attributes stored_attributes(virDomainPtr domain) {
  const bool persistent = virDomainIsPersistent(domain) == 1;
  const Text xml(virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, kMetadataUri,
                                      persistent ? VIR_DOMAIN_AFFECT_CONFIG : VIR_DOMAIN_AFFECT_CURRENT));
  if (xml) return parse_metadata(xml.get());
  if (last_reason().code == VIR_ERR_NO_DOMAIN_METADATA) return {};
  throw last_error_of(domain, "cannot read the attributes of");
}

bool is_stored(const Attributes& attributes, const Wish& wish) {
  if (wish.op == "DELETE") return !attributes.has(wish.key);
  return attributes.has(wish.key) && attributes.get(wish.key) == wish.value;
}

// A folder of the user's own, which all their writers of attributes lock: libvirt has no means of its own to
// change one attribute and leave the others.
std::filesystem::path users_folder() {
  for (const char* name : {"XDG_RUNTIME_DIR", "HOME"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets it
    std::error_code ignored;
    if (value != nullptr && std::filesystem::is_directory(value, ignored)) return value;
  }
  return "/";
}

void use_domain(virDomainPtr domain, const Wish& wish, Reporter& reporter) {
  if (!wish.writes()) {
    reporter.values(stored_attributes(domain), wish);
    return;
  }
  if (wish.op == "SET" && is_told_by_hypervisor(wish.key))
    throw Error(Exit::refused, "cannot set " + wish.key + " of " + name_of(domain),
                "its hypervisor says what it is, and that is what ctys shows",
                "change the machine itself (virsh edit), or keep a text of your own in USTRG");
  if (wish.op == "SET" && wish.key == "ID" && !wish.value.starts_with('/'))
    throw Error(Exit::usage, "cannot set ID of " + name_of(domain),
                "'" + wish.value.substr(0, kShown) + "' is no absolute path",
                "name the file that it was made of");
  if (wish.planned) {
    Attributes attributes = stored_attributes(domain);
    reporter.written(wish, change(attributes, wish), name_of(domain));
    return;
  }
  const FolderLock lock(users_folder());
  bool changed = false;
  // Other users and programs know nothing of the lock: what they wrote in between is read again.
  constexpr int kTries = 5;
  for (int tries = 0; tries < kTries; ++tries) {
    Attributes attributes = stored_attributes(domain);
    if (is_stored(attributes, wish)) {
      reporter.written(wish, changed, name_of(domain));
      return;
    }
    change(attributes, wish);
    store(domain, attributes);
    changed = true;
  }
  if (!is_stored(stored_attributes(domain), wish))
    throw Error(Exit::failed, "cannot change " + wish.key + " of " + name_of(domain),
                "somebody else changes its attributes all the time", "try again");
  reporter.written(wish, changed, name_of(domain));
}

Attributes attributes_in(const std::string& text) {
  Attributes attributes;
  for (const auto& [key, value] : parse_keys(text).keys.pairs)
    if (!attributes.has(stored_key(key))) attributes.set(stored_key(key), value);
  return attributes;
}

std::string edited(const std::string& text, const Wish& wish) {
  std::optional<std::string> result;
  if (wish.op == "SET")
    result = with_key(text, wish.key, wish.value);
  else
    result = without_key(text, wish.key);
  if (!result) throw Error(Exit::failed, "cannot delete " + wish.key, "no line of the file can be taken out");
  if (result->size() > kConfLimit)
    throw Error(Exit::refused, "cannot set " + wish.key,
                "the machine file would be too large to be read again");
  return std::move(*result);
}

// False: somebody else changed the file meanwhile.
bool change_once(const std::string& path, const std::filesystem::path& target, const Wish& wish,
                 const Driver& driver, const Request& request, Reporter& reporter, const Call& call) {
  const auto read = state_of(target);
  const std::string text = read_file(target, kConfLimit);
  if (looks_like_xml(text))
    throw Error(Exit::refused, "will not change " + path, "it is a libvirt file that is not defined yet",
                "start it once (ctys create), its attributes are kept with the domain then");
  // Whoever named a machine means it, and not what its file describes by now.
  if (!request.address("UUID").value_or("").empty())
    require_same_machine(request, parse_domain(domain_xml_from_file(path, driver)));
  Attributes attributes = attributes_in(text);
  reporter.name_by(attributes);
  const auto lines = lines_of(text, wish.key);
  const bool changed = change(attributes, wish);
  if (changed) {
    const auto after = edited(text, wish);
    expect_writable(target);
    if (wish.planned)
      expect_replaceable(target);
    else if (!replace_file(target, after, read))
      return false;
  }
  if (wish.op == "SET" && lines > 1)
    call.log(Level::warning, target.string() + " has " + std::to_string(lines) + " lines of " + wish.key +
                                 ": the first one counts, delete the others");
  reporter.written(wish, changed, std::filesystem::path(path).stem().string());
  return true;
}

void change_file(const std::string& path, const Wish& wish, const Driver& driver, const Request& request,
                 Reporter& reporter, const Call& call) {
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  if (error) throw Error(Exit::failed, "cannot change " + path, error.message());
  std::optional<FolderLock> lock;
  if (wish.planned)
    expect_lockable(target.parent_path());
  else
    lock.emplace(target.parent_path());
  // Editors know nothing of the lock: what they wrote in between is read again.
  constexpr int kTries = 5;
  for (int tries = 0; tries < kTries; ++tries)
    if (change_once(path, target, wish, driver, request, reporter, call)) return;
  throw Error(Exit::refused, "cannot change " + path, "somebody else changes it all the time",
              "try again when nobody else writes it");
}

void use_file(const std::string& path, const Wish& wish, const Driver& driver, const Request& request,
              Reporter& reporter, const Call& call) {
  if (wish.writes()) {
    change_file(path, wish, driver, request, reporter, call);
    return;
  }
  const std::string text = read_file(path, kConfLimit);
  const auto attributes = looks_like_xml(text) ? parse_domain(text).attributes : attributes_in(text);
  reporter.name_by(attributes);
  reporter.values(attributes, wish);
}

}  // namespace

void attribute(const Driver& driver, const Request& request, Call& call) {
  const Wish wish = wish_of(request);
  Reporter reporter(driver, request, call);
  if (!names_domain(request) && !file_of(request).empty()) {
    use_file(file_of(request), wish, driver, request, reporter, call);
    return;
  }
  const auto connection = Connection::open(std::string(request.endpoint()),
                                           wish.writes() && !wish.planned ? Access::write : Access::read);
  if (const DomainHandle domain = find_domain_unless_file(connection, request))
    use_domain(domain.get(), wish, reporter);
  else
    use_file(file_of(request), wish, driver, request, reporter, call);
}

}  // namespace ctys::libvirt
