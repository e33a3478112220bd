// Host keys that RevokedHostKeys of the SSH configuration takes back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "revoked.hpp"

#include "config.hpp"

#include <ctys/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <utility>

namespace ctys::ssh {
namespace {

constexpr std::string_view kKrl("SSHKRL\n\0", 8);
constexpr std::size_t kMaxFile = 16U << 20;
constexpr std::size_t kMaxWords = 4096;  // of ssh-keygen

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw Error(
      Exit::unreachable, "cannot tell whether the host key is revoked", file + ": " + why,
      "mend that file, or have RevokedHostKeys of the SSH configuration name another one: no host key is "
      "taken before");
}

// Each file is read once, however many hosts are asked.
const std::string& content_of(const std::string& file) {
  static std::map<std::string, std::string> read;
  const auto [at, is_new] = read.try_emplace(file);
  if (!is_new) return at->second;
  std::string text;
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 65536> chunk{};
  ssize_t n = in.get() < 0 ? -1 : 1;
  while (n > 0 || (n < 0 && in.get() >= 0 && errno == EINTR)) {
    n = ::read(in.get(), chunk.data(), chunk.size());
    if (n > 0) text.append(chunk.data(), static_cast<std::size_t>(n));
    if (text.size() > kMaxFile) {
      errno = EFBIG;
      n = -1;
    }
  }
  if (n < 0) {
    const std::string why = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): glibc's is safe
    read.erase(at);
    refuse(file, why);
  }
  return at->second = std::move(text);
}

// nullopt: that is no base64, which is the same for OpenSSH as no key.
std::optional<std::string> decode(std::string_view base64) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (base64.empty() || base64.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with('=') ? 1 : 0;
  base64.remove_suffix(padding);
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : base64) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xffU);
  }
  return bytes;
}

// A key begins with the name of its type, and that with its length.
bool is_key(std::string_view type, std::string_view bytes) {
  const std::string size{0, 0, 0, static_cast<char>(type.size())};
  return !type.empty() && type.size() < 100 && bytes.starts_with(size) && bytes.substr(4).starts_with(type);
}

std::string_view cut_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const auto word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

// A file of its own in memory, which ssh-keygen reads as its stdin.
Descriptor file_with(const std::string& line) {
  Descriptor file(::memfd_create("key", MFD_CLOEXEC));
  if (file.get() < 0 || !write_all(file.get(), line) || ::lseek(file.get(), 0, SEEK_SET) != 0)
    throw Error(Exit::failed, "cannot tell whether the host key is revoked",
                std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): glibc's is safe
  return file;
}

}  // namespace

std::size_t line_with_key(std::string_view text, std::string_view base64) {
  const auto wanted = decode(base64);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto type = cut_word(line);
    if (type.empty() || type.starts_with('#')) continue;
    const auto bytes = decode(cut_word(line));
    if (!bytes || !is_key(type, *bytes))
      throw Error(Exit::failed, "line " + std::to_string(number) + " is no public key");
    if (bytes == wanted) return number;
  }
  return 0;
}

Revocation::Revocation(std::string file, const std::string& type, const std::string& base64)
    : file_(std::move(file)) {
  const auto& content = content_of(file_);
  if (!content.starts_with(kKrl)) {
    try {
      if (const auto line = line_with_key(content, base64); line != 0)
        place_ = file_ + ":" + std::to_string(line);
    } catch (const Error& error) {
      refuse(file_, error.summary);
    }
    return;
  }
  const auto key = file_with(type + " " + base64 + "\n");
  keygen_ =
      std::make_unique<Child>(std::vector<std::string>{"ssh-keygen", "-Q", "-f", file_, "/proc/self/fd/0"},
                              kMaxWords, "tell whether the host key is revoked", key);
}

std::optional<std::string> Revocation::step() {
  if (!keygen_) return place_;
  const auto status = keygen_->step();
  if (!status) return std::nullopt;
  auto said = std::move(keygen_->text());
  keygen_.reset();
  if (*status == 0) return place_;
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 1 && said.find("REVOKED") != std::string::npos)
    return place_ = file_;
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == Child::kNotRun)
    refuse(file_, "ssh-keygen, which reads it, is not in PATH");
  while (said.ends_with('\n') || said.ends_with('\r')) said.pop_back();
  refuse(file_, said.empty() ? "ssh-keygen cannot read it" : said);
}

}  // namespace ctys::ssh
