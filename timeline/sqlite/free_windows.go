package sqlite

import "golang.org/x/sys/windows"

// freeBytes gives how much this user may still write on the folder's disk; negative
// when the system does not say.
func freeBytes(folder string) int64 {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return -1
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return -1
	}
	return int64(free)
}
