//go:build linux || darwin || freebsd

package sqlite

import "golang.org/x/sys/unix"

// freeBytes gives how much a process without privileges may still write on the
// folder's disk; negative when the system does not say.
func freeBytes(folder string) int64 {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return -1
	}
	return int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // the types differ between systems
}
