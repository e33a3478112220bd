// This program and its plugins as one archive.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/bundle.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "plugin/find.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <elf.h>
#include <memory>
#include <utility>
#include <vector>

namespace ctys::remote {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = 512U << 20;
constexpr std::size_t kBlock = 512;
constexpr std::string_view kList = "files";  // in the archive: a line "SIZE NAME" for each of the others

// FNV-1a with two starting values: tells versions apart, guards against nobody.
class Digest {
 public:
  void add(std::string_view bytes) {
    for (const char c : bytes) {
      a_ = (a_ ^ static_cast<unsigned char>(c)) * kPrime;
      b_ = (b_ ^ static_cast<unsigned char>(c)) * kPrime;
    }
  }
  [[nodiscard]] std::string text() const {
    std::array<char, 33> out{};
    (void)std::snprintf(out.data(), out.size(), "%016llx%016llx", static_cast<unsigned long long>(a_),
                        static_cast<unsigned long long>(b_));
    return out.data();
  }

 private:
  static constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t a_ = 0xcbf29ce484222325;
  std::uint64_t b_ = 0x9e3779b97f4a7c15;
};

// Path here, name in the archive.
std::vector<std::pair<fs::path, std::string>> files() {
  std::vector<std::pair<fs::path, std::string>> all{{paths::executable(), "bin/ctys"}};
  for (const auto& file : plugin::find_all())
    if (file.refused.empty())
      all.emplace_back(file.path, "lib/ctys/plugins/" + text::lower(file.type) + ".so");
  for (const auto& part : plugin::find_parts())
    all.emplace_back(part, "lib/ctys/plugins/" + part.filename().string());
  // A copy may be a gateway's, which asks others itself.
  if (const auto transport = plugin::find_transport("ssh"); transport && transport->refused.empty())
    all.emplace_back(transport->path, "lib/ctys/plugins/transport/ssh.so");
  return all;
}

template <class T>
bool take(std::string_view bytes, std::size_t at, T& out) {
  if (at > bytes.size() || bytes.size() - at < sizeof out) return false;
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return true;
}

constexpr std::size_t padded(std::size_t size) {
  return (size + 3) / 4 * 4;
}

std::string note_in(std::string_view notes) {
  Elf64_Nhdr note{};
  while (take(notes, 0, note)) {
    const std::size_t name = sizeof note;
    const std::size_t content = name + padded(note.n_namesz);
    const std::size_t end = content + padded(note.n_descsz);
    if (end > notes.size() || content < name || end < content) return {};
    if (note.n_type == NT_GNU_BUILD_ID && notes.substr(name, note.n_namesz) == std::string_view("GNU\0", 4)) {
      std::string text;
      for (const char c : notes.substr(content, note.n_descsz)) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        text.append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 15U]);
      }
      return text;
    }
    notes.remove_prefix(end);
  }
  return {};
}

// The beginning of a file, where its headers and notes are; less when it is shorter.
Result<std::string> head_of(const fs::path& path) {
  constexpr std::size_t kHead = 64U << 10;
  struct Closer {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return fail(Exit::failed, "cannot read " + path.string(), system_message(errno));
  std::string head(kHead, '\0');
  head.resize(std::fread(head.data(), 1, head.size(), file.get()));
  return head;
}

}  // namespace

std::string build_id(std::string_view elf) {
  Elf64_Ehdr header{};
  if (!elf.starts_with(ELFMAG) || !take(elf, 0, header) || header.e_ident[EI_CLASS] != ELFCLASS64) return {};
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    if (!take(elf, header.e_phoff + i * sizeof part, part)) return {};
    if (part.p_type != PT_NOTE || part.p_offset > elf.size()) continue;
    auto id = note_in(elf.substr(part.p_offset, part.p_filesz));
    if (!id.empty()) return id;
  }
  return {};
}

Result<std::string> bundle_id() {
  Digest digest;
  for (const auto& [path, name] : files()) {
    auto id = build_id(TRY(head_of(path)));
    if (id.empty()) id = TRY(read_file(path, kLargest));
    digest.add(name);
    digest.add(id);
  }
  return digest.text();
}

void append_tar(std::string& archive, std::string_view name, std::string_view content) {
  std::array<char, kBlock> header{};
  if (name.empty()) {
    archive.append(2 * kBlock, '\0');
    return;
  }
  const auto put = [&](std::size_t at, int digits, std::uint64_t value) {
    for (int i = digits - 1; i >= 0; --i, value /= 8)
      header.at(at + static_cast<std::size_t>(i)) = static_cast<char>('0' + value % 8);
  };
  constexpr std::size_t kName = 99;
  std::memcpy(header.data(), name.data(), std::min(name.size(), kName));
  put(100, 7, 0700);  // mode, owner, group, size, time
  put(108, 7, 0);
  put(116, 7, 0);
  put(124, 11, content.size());
  put(136, 11, 0);
  std::memset(header.data() + 148, ' ', 8);
  header[156] = '0';
  std::memcpy(header.data() + 257,
              "ustar\0"
              "00",
              8);
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, 6, sum);
  header[154] = '\0';
  archive.append(header.data(), header.size()).append(content);
  archive.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

Result<std::string> bundle() {
  std::string archive;
  std::string list;
  for (const auto& [path, name] : files()) {
    const auto content = TRY(read_file(path, kLargest));
    append_tar(archive, name, content);
    list += std::to_string(content.size()) + " " + name + "\n";
  }
  append_tar(archive, kList, list);
  append_tar(archive, {}, {});
  return archive;
}

bool is_whole(const fs::path& folder) {
  constexpr std::size_t kLongest = 64U << 10;
  const auto list = read_file(folder / kList, kLongest);
  if (!list || list->empty() || list->back() != '\n') return false;
  for (const auto line : text::split(text::trim(*list), '\n')) {
    const auto blank = line.find(' ');
    const auto size = text::number(line.substr(0, blank));
    if (!size || blank == std::string_view::npos) return false;
    std::error_code error;
    if (fs::file_size(folder / line.substr(blank + 1), error) != *size || error) return false;
  }
  return true;
}

bool is_damaged_copy() {
  const auto folder = paths::executable().parent_path().parent_path();
  const auto name = folder.filename().string();
  constexpr std::size_t kDigits = 32;
  const bool is_copy =
      name.size() == kDigits && name.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_copy && !is_whole(folder);
}

std::string machine() {
  utsname names{};
  if (::uname(&names) != 0) return {};
  return std::string(names.sysname) + " " + names.machine;
}

}  // namespace ctys::remote
