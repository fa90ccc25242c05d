// SPDX-License-Identifier: Apache-2.0
// Where the bytes of a file come from and go to: a descriptor or memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

// A text as what it is on disk.
inline crypto::Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class Source {
 public:
  virtual ~Source() = default;
  // Fills `bytes`; gives the number of bytes, which is less only at the end of the file.
  virtual base::Result<std::size_t> read(crypto::WritableBytes bytes) = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual base::Result<void> write(crypto::Bytes bytes) = 0;
};

// The descriptors stay open; `subject` names one in errors and must outlive the object.
class DescriptorSource : public Source {
 public:
  DescriptorSource(int fd, std::string_view subject) : m_fd(fd), m_subject(subject) {}
  base::Result<std::size_t> read(crypto::WritableBytes bytes) override;

 private:
  int m_fd;
  std::string_view m_subject;
};

class DescriptorSink : public Sink {
 public:
  DescriptorSink(int fd, std::string_view subject) : m_fd(fd), m_subject(subject) {}
  base::Result<void> write(crypto::Bytes bytes) override;

 private:
  int m_fd;
  std::string_view m_subject;
};

class MemorySource : public Source {
 public:
  explicit MemorySource(crypto::Bytes bytes) : m_rest(bytes) {}
  base::Result<std::size_t> read(crypto::WritableBytes bytes) override;

 private:
  crypto::Bytes m_rest;
};

// For ciphertext.
class MemorySink : public Sink {
 public:
  explicit MemorySink(std::vector<std::byte>& bytes) : m_bytes(bytes) {}
  base::Result<void> write(crypto::Bytes bytes) override;

 private:
  std::vector<std::byte>& m_bytes;
};

// For plaintext whose size has a known bound.
class SecretSink : public Sink {
 public:
  static base::Result<SecretSink> with_room(std::size_t size);
  base::Result<void> write(crypto::Bytes bytes) override;

  // What was written. May be called once.
  secret::SecretBuffer take();

 private:
  explicit SecretSink(secret::SecretBuffer buffer) : m_buffer(std::move(buffer)) {}

  secret::SecretBuffer m_buffer;
  std::size_t m_size = 0;
};

// A source of ciphertext into which one can look ahead.
class BufferedSource : public Source {
 public:
  explicit BufferedSource(Source& source) : m_source(source) {}
  base::Result<std::size_t> read(crypto::WritableBytes bytes) override;

  // The next bytes: at least `size` of them, unless the file ends. Valid until the next call.
  base::Result<std::string_view> peek(std::size_t size);

  // Drops bytes that peek() showed.
  void consume(std::size_t size);

 private:
  std::size_t pending() const { return m_bytes.size() - m_offset; }
  base::Result<std::size_t> read_on(crypto::WritableBytes bytes);

  Source& m_source;
  std::vector<std::byte> m_bytes;
  std::size_t m_offset = 0;  // of the bytes not yet read
  bool m_ended = false;      // a terminal must not be asked again
};

}  // namespace vmcred::age
