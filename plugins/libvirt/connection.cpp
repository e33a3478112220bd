// Opens libvirt connections and translates their failures.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/connection.hpp"

#include "libvirt/driver.hpp"
#include "libvirt/heap.hpp"
#include "libvirt/remedy.hpp"

#include <ctys/uri.hpp>

#include <libvirt/virterror.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <mutex>
#include <vector>

namespace ctys::libvirt {
namespace {

constexpr int kKeepAliveSeconds = 5;
constexpr unsigned kKeepAliveCount = 3;

void initialize() {
  static const bool done = [] {
    prepare_heap();
    // Without a function of ours libvirt prints every error to stderr itself.
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    if (virInitialize() < 0)
      throw Error(Exit::unreachable, "cannot initialise libvirt", last_reason().text, "reinstall libvirt0");
    virEventRegisterDefaultImpl();  // keepalive and streams need it; to lack it is no failure of reading
                                    // actions
    return true;
  }();
  static_cast<void>(done);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_denied(const Reason& reason) {
  return reason.code == VIR_ERR_AUTH_FAILED || reason.code == VIR_ERR_AUTH_CANCELLED ||
         reason.code == VIR_ERR_AUTH_UNAVAILABLE || reason.code == VIR_ERR_ACCESS_DENIED ||
         contains(reason.text, "Permission denied") || contains(reason.text, "authentication unavailable");
}

// The program knows its URIs without their passwords.
std::string with_password(const std::string& shown) {
  std::string own = default_uri();
  return shown == without_password(own) ? own : shown;
}

// libvirt takes a URI apart and hands its user and password on to ssh, whose words it repeats.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned code = 0;
    const char* hex = text.data() + at + 1;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(hex, hex + 2, code, 16).ptr == hex + 2) {  // NOLINT: pointers into the text
      plain.push_back(static_cast<char>(code));
      at += 2;
    } else {
      plain.push_back(text[at]);
    }
  }
  return plain;
}

std::string without_own_password(std::string text) {
  const std::string own = default_uri();
  const auto password = password_in(own);
  return without_password(without_password(std::move(text), password), unescaped(password));
}

// A worker asks one libvirt; what fails there, in whichever thread, is explained for it.
struct Opened {
  std::mutex mutex;
  std::string uri;
};
Opened& opened() {
  static auto& last = *new Opened;  // never destroyed: calls of guests may outlive main()
  return last;
}

void remember_opened(const std::string& uri) {
  const std::lock_guard lock(opened().mutex);
  opened().uri = uri;
}

std::string opened_uri() {
  const std::lock_guard lock(opened().mutex);
  return opened().uri;
}

// libxml would complain about a missing file on stderr by itself, and libvirt would not say which one it was.
void require_test_file(const std::string& uri) {
  constexpr std::string_view kPrefix = "test://";
  if (!uri.starts_with(kPrefix)) return;
  const std::string path = uri.substr(kPrefix.size(), uri.find('?') - kPrefix.size());
  if (path.size() < 2 || path == "/default" || access(path.c_str(), R_OK) == 0) return;
  throw Error(Exit::unreachable, "cannot connect to " + uri, "no such file, or it may not be read: " + path,
              "name a file of libvirt's test driver, or use test:///default");
}

// Does the URI name a host?
bool is_elsewhere(const std::string& uri) {
  const auto begin = uri.find("://");
  return begin != std::string::npos && begin + 3 < uri.size() && uri[begin + 3] != '/';
}

}  // namespace

Error connect_error(const std::string& uri, const Reason& reason) {
  const std::string what = "cannot connect to " + uri;
  const std::string& why = reason.text;
  if (reason.code == VIR_ERR_NO_CONNECT || reason.code == VIR_ERR_INVALID_ARG || contains(why, "parse URI"))
    return {Exit::usage, what, why,
            "use a URI that libvirt knows, e.g. qemu:///system, qemu:///session or test:///default "
            "(LIBVIRT_DEFAULT_URI)"};
  if (is_elsewhere(uri))
    return {Exit::unreachable, what, why, "see what is wrong with that host: virsh -c '" + uri + "' version"};
  if (contains(why, "user runtime directory"))
    return {Exit::unreachable, what, why,
            "let XDG_RUNTIME_DIR name a folder of your own, usually /run/user/" + std::to_string(getuid()) +
                ", or unset it"};
  const bool denied = is_denied(reason);
  if (denied && is_session(uri) && !own_socket_fix(why).empty())
    return {Exit::unreachable, what, why, own_socket_fix(why)};
  if (denied) return {Exit::unreachable, what, why, std::string(rights_fix())};
  // With a socket of its own, it is not libvirt that starts the daemon.
  if (uri.ends_with("/session")) return {Exit::unreachable, what, why, session_fix(daemon_folders())};
  if (contains(why, "No such file or directory") && contains(why, "socket"))
    return {Exit::unreachable, what, why,
            "start libvirt's daemon (sudo systemctl start libvirtd), or install it (sudo apt install "
            "libvirt-daemon-system)"};
  if (contains(why, "Connection refused"))
    return {Exit::unreachable, what, why,
            "libvirt's daemon has ended: start it (sudo systemctl start libvirtd)"};
  if (uri.starts_with("test:")) return {Exit::unreachable, what, why, "check the file that the URI names"};
  return {Exit::unreachable, what, why, "try: virsh -c " + uri + " version"};
}

Reason last_reason() {
  const virError* error = virGetLastError();
  if (error == nullptr) return {};
  std::string text = without_own_password(error->message == nullptr ? "unknown reason" : error->message);
  // What it says of broken XML ends in the XML itself.
  if (error->code == VIR_ERR_XML_ERROR || error->code == VIR_ERR_XML_DETAIL)
    text.resize(std::min(text.find('\n'), text.size()));
  return {error->code, error->domain, std::move(text)};
}

Error explained(std::string what, const Reason& reason, std::string_view uri) {
  // The daemon tells of its helpers in the words of a client that cannot reach its daemon.
  if (const auto helper = helper_in(reason.text); !helper.empty())
    return {Exit::failed, std::move(what), reason.text, helper_fix(helper, uri)};
  switch (reason.code) {
    case VIR_ERR_NO_DOMAIN:
      return {Exit::failed, std::move(what), "it is gone: " + reason.text,
              "list again (ctys list --all): it was undefined or renamed meanwhile"};
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_ACCESS_DENIED:
      return {Exit::failed, std::move(what), reason.text, std::string(rights_fix())};
    case VIR_ERR_RPC:
      return {Exit::unreachable, std::move(what), reason.text, gone_fix(uri)};
    default:
      break;
  }
  // libvirt's own words for the end of its daemon come with several codes, and are all of this domain.
  if (reason.domain == VIR_FROM_RPC &&
      (reason.code == VIR_ERR_INTERNAL_ERROR || reason.code == VIR_ERR_SYSTEM_ERROR))
    return {Exit::unreachable, std::move(what), reason.text, gone_fix(uri)};
  return {Exit::failed, std::move(what), reason.text};
}

Error last_error(std::string what) {
  return explained(std::move(what), last_reason(), opened_uri());
}

Error last_error_of(virDomainPtr domain, std::string_view what) {
  const Reason reason = last_reason();
  return explained(std::string(what) + " " + name_of(domain), reason, opened_uri());
}

Connection Connection::open(std::string uri, Access wanted) {
  initialize();
  require_test_file(uri);
  virConnectPtr handle = nullptr;
  bool may_write = wanted != Access::read;
  const std::string whole = with_password(uri);
  if (may_write) handle = virConnectOpen(whole.c_str());
  if (handle == nullptr && (wanted == Access::read || (wanted == Access::any && is_denied(last_reason())))) {
    may_write = false;
    handle = virConnectOpenReadOnly(whole.c_str());
  }
  if (handle == nullptr) throw connect_error(uri, last_reason());
  remember_opened(uri);
  // Drivers without a daemon have no keepalive: nothing to notice there.
  if (wanted == Access::write) virConnectSetKeepAlive(handle, kKeepAliveSeconds, kKeepAliveCount);
  return {handle, std::move(uri), may_write};
}

void Connection::keep_until_exit(Connection connection) {
  static auto& kept = *new std::vector<Connection>;  // never destroyed, and no leak: reachable
  kept.push_back(std::move(connection));
}

std::string title_of(const Request& request) {
  for (const std::string_view key : {"LABEL", "NAME", "UUID", "ID"})
    if (const auto value = request.address(key); value && !value->empty()) return std::string(*value);
  return "the machine";
}

namespace {

// libvirt gives a machine another UUID each time it reads a file of its test driver that gives it none.
void expect_uuid_in_file(const Connection& connection, const Request& request) {
  const std::string name(request.address("NAME").value_or(""));
  const std::string file = kTest.configuration_file(connection.uri(), name);
  const std::string asked = file_of(request);
  if (name.empty() || file.empty() || (!asked.empty() && asked != file)) return;
  if (!DomainHandle(virDomainLookupByName(connection.get(), name.c_str()))) return;
  throw Error(Exit::failed, "cannot find " + title_of(request),
              file + " gives " + name + " no UUID that stays: libvirt makes one up each time it is read",
              "write one into its <domain> there, as uuidgen makes it: <uuid>UUID</uuid>");
}

}  // namespace

DomainHandle find_domain(const Connection& connection, const Request& request) {
  const std::string title = title_of(request);
  const auto uuid = request.address("UUID");
  const auto name = request.address("NAME");
  DomainHandle domain;
  if (uuid && !uuid->empty()) {
    domain.reset(virDomainLookupByUUIDString(connection.get(), std::string(*uuid).c_str()));
  } else if (name && !name->empty()) {
    domain.reset(virDomainLookupByName(connection.get(), std::string(*name).c_str()));
  } else {
    throw Error(Exit::usage, "cannot tell which machine is meant",
                "the address has neither a UUID nor a name", "name the machine by its label, name or UUID");
  }
  if (!domain) {
    const Error error = last_error("cannot find " + title);
    if (last_reason().code == VIR_ERR_NO_DOMAIN) expect_uuid_in_file(connection, request);
    throw Error(error);
  }
  if (name && !name->empty() && name_of(domain.get()) != *name)
    throw Error(Exit::refused, "will not touch " + title,
                "the machine with UUID " + uuid_of(domain.get()) + " is called '" + name_of(domain.get()) +
                    "' now, not '" + std::string(*name) + "'",
                "list again (ctys list --all) and name the one you mean");
  return domain;
}

bool names_domain(const Request& request) {
  return !request.address("UUID").value_or("").empty() || !request.address("NAME").value_or("").empty();
}

std::string file_of(const Request& request) {
  const std::string path(request.address("ID").value_or(""));
  std::error_code error;
  return path.starts_with('/') && std::filesystem::is_regular_file(path, error) ? path : std::string();
}

DomainHandle find_domain_unless_file(const Connection& connection, const Request& request) {
  try {
    return find_domain(connection, request);
  } catch (const Error& error) {
    const bool absent = error.code == Exit::failed && last_reason().code == VIR_ERR_NO_DOMAIN;
    if (absent && !file_of(request).empty()) return nullptr;
    throw;
  }
}

std::string uuid_of(virDomainPtr domain) {
  std::array<char, VIR_UUID_STRING_BUFLEN> text{};
  if (virDomainGetUUIDString(domain, text.data()) < 0) throw last_error("cannot read the UUID of a machine");
  return text.data();
}

std::string name_of(virDomainPtr domain) {
  const char* name = virDomainGetName(domain);
  if (name == nullptr) throw last_error("cannot read the name of a machine");
  return name;
}

std::string xml_of(virDomainPtr domain, unsigned flags) {
  const Text xml(virDomainGetXMLDesc(domain, flags));
  if (!xml) throw last_error_of(domain, "cannot read the configuration of");
  return xml.get();
}

}  // namespace ctys::libvirt
