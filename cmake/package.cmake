# SPDX-License-Identifier: Apache-2.0
# The Debian package: `cpack --config BUILD/CPackConfig.cmake` makes it of what `cmake --install` installs.
if(VMCRED_SANITIZE)
  return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME vmcred)
set(CPACK_PACKAGE_CONTACT "The vmcred authors <vmcred@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Hands a host's secrets to microVM guests as systemd credentials")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
# The programs are static. What they start is needed for one job or another, not by everyone.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd (>= 252)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qemu-system-x86, git, bubblewrap, iproute2")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "systemd-container, vhost-device-vsock, virtiofsd, kvmtool, e2fsprogs, xfsprogs, btrfs-progs, dosfstools")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/packaging/debian/postinst
  ${PROJECT_SOURCE_DIR}/packaging/debian/prerm
  ${PROJECT_SOURCE_DIR}/packaging/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
include(CPack)
