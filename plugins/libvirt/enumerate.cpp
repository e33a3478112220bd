// ENUMERATE: stored machines, one record for each interface.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/ctys_file.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/file.hpp"
#include "libvirt/inventory.hpp"
#include "libvirt/key_value.hpp"
#include "libvirt/process.hpp"
#include "libvirt/record.hpp"
#include "libvirt/scan.hpp"
#include "libvirt/text.hpp"
#include "libvirt/wait.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHead = 4096;  // of an XML file: enough to see whether it is a domain

// What all records of one machine have in common beside its XML.
struct Common {
  std::string id;
  std::string context;
  std::string release;
  std::string state;
  std::string persistent;
  std::string user;
  std::string group;
};

std::size_t interfaces_of(const Domain& domain) {
  constexpr std::size_t kMost = 64;
  std::size_t count = domain.interfaces.size();
  while (count < kMost &&
         (!addresses_of(domain.attributes, count).empty() || !mac_of(domain.attributes, count).empty()))
    ++count;
  return std::max<std::size_t>(count, 1);
}

void emit_machine(const Driver& driver, const Domain& domain, const Common& common, const Call& call) {
  for (std::size_t number = 0; number < interfaces_of(domain); ++number) {
    auto addresses = addresses_of(domain.attributes, number);
    if (addresses.empty()) addresses.emplace_back();
    for (GuestAddress& address : addresses) {
      // Records of one machine are told apart by their interface, if only by its number.
      if (address.if_name.empty() && number < domain.interfaces.size())
        address.if_name = std::to_string(number);
      Row row = machine_row(driver, domain, number, address);
      row.set(Field::id, common.id).set(Field::context, common.context);
      row.set(Field::hyper_rel_run, common.release).set(Field::state, common.state);
      row.set(Field::persistent, common.persistent);
      row.set(Field::user, domain.attributes.has("UID") ? domain.attributes.get("UID") : common.user);
      row.set(Field::group, domain.attributes.has("GID") ? domain.attributes.get("GID") : common.group);
      call.emit(row);
    }
  }
}

// Whose a UUID is, and the file that this comes from.
struct Owner {
  std::string title;
  std::string path;
};
using Owners = std::map<std::string, Owner>;

// Every domain of the connection; their UUIDs, with the files that they come from.
Owners emit_domains(const Driver& driver, const Connection& connection, const Call& call) {
  Owners owners;
  const std::string release = hypervisor_release(connection, driver);
  const bool own = is_users_own(connection.uri());
  Common common{
      {}, connection.uri(), release, {}, {}, user_name(own ? getuid() : 0), group_name(own ? getgid() : 0)};
  for (const Entry& entry : inventory(connection, Which::all)) {
    const Text xml(virDomainGetXMLDesc(entry.handle.get(), 0));
    if (!xml) {
      call.fail(last_error_of(entry.handle.get(), "cannot read the configuration of"));
      continue;
    }
    const Domain domain = parse_domain(xml.get());
    common.id = configuration_file(driver, connection.uri(), domain);
    common.state = entry.state;
    common.persistent = entry.persistent ? "yes" : "no";
    emit_machine(driver, domain, common, call);
    warn_of_ignored(domain, call);
    owners.emplace(domain.uuid, Owner{"domain " + domain.name, common.id});
  }
  return owners;
}

// "<domain" as the first element, behind declaration, comments and document type.
bool begins_with_domain(std::string_view text) {
  while (true) {
    const auto open = text.find('<');
    if (open == std::string_view::npos) return false;
    text.remove_prefix(open);
    std::string_view end;
    if (text.starts_with("<?")) {
      end = "?>";
    } else if (text.starts_with("<!--")) {
      end = "-->";
    } else if (text.starts_with("<!")) {
      end = ">";
    } else {
      constexpr std::string_view kDomain = "<domain";
      return text.starts_with(kDomain) && text.find_first_of(" \t\r\n>/", kDomain.size()) == kDomain.size();
    }
    const auto close = text.find(end);
    if (close == std::string_view::npos) return false;
    text.remove_prefix(close + end.size());
  }
}

// XML in two bytes for each character, whose first element is a domain: libvirt takes UTF-8 only.
bool is_wide_domain(std::string_view head) {
  if (head.find('\0') == std::string_view::npos) return false;
  std::string narrow;
  for (const char c : head)
    if (c > 0) narrow += c;  // byte order marks and zero bytes left out
  return begins_with_domain(narrow);
}

// A domain somewhere behind bytes that are no XML.
bool is_spoiled_domain(std::string_view head) {
  const auto open = head.find('<');
  const auto domain = head.find("<domain ");
  return domain != std::string_view::npos && domain != open && open + 1 < head.size() &&
         std::string_view("?!/").find(head[open + 1]) == std::string_view::npos &&
         (head[open + 1] < 'A' || head[open + 1] > 'z');
}

bool is_foreign(const Conf& conf) {
  return conf.has_marker("MAGICID-NOENUM") || conf.has_marker("MAGICID-IGNORE");
}

// Is it a machine file of this driver, to be enumerated? Throws Error when it is one and broken.
bool is_ours(const fs::path& path, const Driver& driver) {
  if (path.extension() == ".xml") {
    const std::string head = read_head(path, kHead);
    if (is_wide_domain(head))
      throw Error(Exit::usage, "this machine file is not read", "it is UTF-16", "save the file as UTF-8");
    if (is_spoiled_domain(head))
      throw Error(Exit::usage, "this machine file is not read", "its <domain> stands behind what is no XML",
                  "correct it, or give it another ending than .xml");
    if (!begins_with_domain(head)) return false;
    const std::string type = parse_domain(read_file(path, kXmlLimit)).type;
    return driver.has_guests ? type == "kvm" || type == "qemu" : type == driver.scheme;
  }
  if (!driver.has_guests) return false;  // classic files describe machines that run
  const std::string text = read_file(path, kConfLimit);
  const Conf keys = parse_keys(text);
  if (is_foreign(keys)) return false;
  const int score = qemu_score(keys);
  constexpr int kEnough = 5;
  if (score >= kEnough) return true;
  if (!keys.markers.empty()) return false;
  try {
    return qemu_score(parse_conf(text)) >= kEnough;
  } catch (const Error&) {
    return false;  // some other program's file
  }
}

class FileReader {
 public:
  FileReader(const Driver& driver, std::string context, Owners known, const Call& call)
      : driver_(driver), context_(std::move(context)), known_(std::move(known)), call_(call) {}

  void read(const fs::path& path) {
    try {
      if (!is_ours(path, driver_)) return;
      const Domain domain = parse_domain(domain_xml_from_file(path.string(), driver_, host()));
      const auto [owner, is_new] = known_.emplace(domain.uuid, Owner{path.string(), path.string()});
      if (!is_new) {
        if (owner->second.path != path.string())
          call_.log(Level::warning, path.string() + " is left out: " + owner->second.title +
                                        " has the same UUID " + domain.uuid);
        return;
      }
      warn_of_bad_values(path, domain, call_);
      struct stat status {};
      const bool owned = ::stat(path.c_str(), &status) == 0;
      emit_machine(driver_, domain,
                   {path.string(),
                    context_,
                    {},
                    "defined",
                    {},
                    owned ? user_name(status.st_uid) : "",
                    owned ? group_name(status.st_gid) : ""},
                   call_);
    } catch (Error& error) {
      // One of many files that nobody named: its fault is told, and is not the command line's.
      error.code = Exit::failed;
      if (error.summary.find(path.string()) == std::string::npos)
        error.summary = path.string() + ": " + error.summary;
      call_.fail(error);
    }
  }

 private:
  // Looked at when the first file needs it.
  const HostFacts& host() {
    if (!host_) host_ = host_facts();
    return *host_;
  }
  const Driver& driver_;
  std::string context_;
  Owners known_;
  const Call& call_;
  std::optional<HostFacts> host_;
};

std::vector<std::string> bases_of(const Request& request) {
  std::vector<std::string> bases;
  for (const auto& option : request.options())
    if (ctys::detail::view(option.key) == "BASEPATH") bases.emplace_back(ctys::detail::view(option.value));
  return bases;
}

// The one machine file that was named: what is wrong with it ends the action.
void emit_file(const Driver& driver, const std::string& path, const std::string& uri, const Call& call) {
  const Domain domain = parse_domain(domain_xml_from_file(path, driver));
  warn_of_bad_values(path, domain, call);
  emit_machine(driver, domain, {path, uri, {}, "defined", {}, {}, {}}, call);
}

// Files belong to no connection: the plugin's first one reports them for all.
bool reports_files(const Driver& driver, const Request& request) {
  const auto endpoints = driver.endpoints(request);
  return endpoints.empty() || request.endpoint() == endpoints.front();
}

}  // namespace

void enumerate(const Driver& driver, const Request& request, Call& call) {
  constexpr std::size_t kMostSkipped = 8;  // folders that are told one by one
  constexpr std::chrono::seconds kSearchTime{5};
  const std::string uri(request.endpoint());
  const auto end = end_of(request, kSearchTime);
  if (const auto file = request.option("FILE")) {
    if (reports_files(driver, request)) emit_file(driver, std::string(*file), uri, call);
    return;
  }
  Owners known;
  try {
    auto connection = Connection::open(uri, Access::read);
    known = emit_domains(driver, connection, call);
    if (!driver.has_daemon) Connection::keep_until_exit(std::move(connection));
  } catch (const Error& error) {
    call.fail(error);  // the files are there without libvirt
  }
  const auto bases = bases_of(request);
  if (bases.empty() || !reports_files(driver, request)) return;
  ScanLimits limits;
  limits.time = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
  limits.given = request.deadline().value_or(kSearchTime);
  FileReader reader(driver, uri, std::move(known), call);
  std::size_t skipped = 0;
  auto stopped = scan(
      bases, limits, [&](const fs::path& path) { reader.read(path); },
      [&](const fs::path& folder, const std::string& why) {
        if (++skipped <= kMostSkipped)
          call.fail({Exit::failed, folder.string() + ": this folder was not searched", why,
                     "name folders that can be (--base, BASEPATH)"});
      });
  if (skipped > kMostSkipped && stopped.why.empty())
    stopped.why = std::to_string(skipped - kMostSkipped) + " more folders cannot be read, or lie too deep";
  if (!stopped.why.empty())
    call.fail({stopped.late ? Exit::deadline : Exit::failed, "the search for machine files is not complete",
               stopped.why,
               std::string(stopped.late ? "give it more time with --deadline, or " : "") +
                   "name smaller folders (--base, BASEPATH)"});
}

}  // namespace ctys::libvirt
