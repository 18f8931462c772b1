package collector

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// MaxInflated is the largest body that is unpacked when it was compressed more
// than once, in bytes. The first compression is undone, and limited by
// collector.max_bytes, when the body is fetched.
const MaxInflated = 16 << 20

// maxCompressions is how many times over a body may be compressed.
const maxCompressions = 2

// inflate undoes gzip that nobody has undone: that of a server that compresses
// what is compressed already, or does not say that it does. A feed never begins
// like gzip (RFC 1952 section 2.3.1).
func inflate(body []byte) (plain []byte, inflated bool, err error) {
	for range maxCompressions {
		if !bytes.HasPrefix(body, []byte{0x1f, 0x8b, 8}) {
			return body, inflated, nil
		}
		if body, err = gunzip(body); err != nil {
			return nil, inflated, err
		}
		inflated = true
	}
	return body, inflated, nil
}

func gunzip(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("compressed body cannot be read: %w", err)
	}
	defer r.Close()
	plain, err := io.ReadAll(io.LimitReader(r, MaxInflated+1))
	switch {
	case len(plain) > MaxInflated:
		return nil, fmt.Errorf("compressed body is larger than %d bytes", MaxInflated)
	case err != nil && len(plain) == 0:
		return nil, fmt.Errorf("compressed body cannot be read: %w", err)
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, gzip.ErrChecksum):
		return nil, fmt.Errorf("compressed body cannot be read: %w", err)
	}
	return plain, nil // one that is cut off is a document that is cut off
}
