// A hotel that takes part in sagas: go run hotel.go PORT FILE
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

const keysKept = 30 * 24 * time.Hour // longer than any call is repeated

type booking struct {
	Saga, Guest string
	Nights      int
}

// What came of a call, and the booking that it made.
type call struct {
	Key     string
	At      time.Time
	Status  int
	Answer  map[string]any
	Booking *booking `json:",omitempty"`
}

// The file has a line for each call, so that one write holds its key and its effect, as one transaction does in a
// database.
type hotel struct {
	lock     sync.Mutex // one request at a time
	file     *os.File
	moved    time.Duration   // by a rehearsal
	calls    map[string]call // by key
	bookings []call
	booked   int
}

func open(name string) *hotel {
	h := &hotel{calls: map[string]call{}}
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Fatal(err)
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	for _, line := range bytes.Split(bytes.TrimSpace(whole), []byte("\n")) {
		var it call
		if len(line) > 0 {
			must(json.Unmarshal(line, &it))
			h.apply(it)
		}
	}
	h.file, err = os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(err)
	must(h.file.Truncate(int64(len(whole)))) // the last line, if a crash cut it short
	return h
}

// Acts and stores the answer. Called again with the same key it gives the stored answer.
func (h *hotel) once(key string, act func() call) (int, map[string]any) {
	if key == "" {
		return 400, reason("the header Idempotency-Key is missing")
	}
	if stored, found := h.calls[key]; found && stored.At.After(h.now().Add(-keysKept)) {
		return stored.Status, stored.Answer
	}
	it := act()
	it.Key = key
	h.commit(it)
	return it.Status, it.Answer
}

// Undoes the call with that key, and from then on refuses it: also when it has not come yet.
func (h *hotel) undo(key string) (int, map[string]any) {
	h.commit(call{Key: key, Status: 409, Answer: reason("this call was undone")})
	return 200, map[string]any{}
}

// Durable before it is answered. A write that fails ends the process, since only a part may have been written.
func (h *hotel) commit(it call) {
	it.At = h.now()
	line, err := json.Marshal(it)
	must(err)
	_, err = h.file.Write(append(line, '\n'))
	must(err)
	must(h.file.Sync())
	h.apply(it)
}

func (h *hotel) apply(it call) {
	h.calls[it.Key] = it
	if it.Booking != nil {
		h.bookings = append(h.bookings, it)
		h.booked++
	}
	if it.Status == 409 {
		kept := h.bookings[:0]
		for _, each := range h.bookings {
			if each.Key != it.Key {
				kept = append(kept, each)
			}
		}
		h.bookings = kept
	}
}

func (h *hotel) now() time.Time { return time.Now().Add(h.moved) }

func (h *hotel) handle(r *http.Request) (int, map[string]any) {
	h.lock.Lock()
	defer h.lock.Unlock()
	path := strings.Split(r.URL.EscapedPath(), "/")[1:]
	var body struct {
		Guest   string
		Nights  int
		Seconds float64
	}
	if r.Method == "POST" && json.NewDecoder(r.Body).Decode(&body) != nil {
		return 400, reason("the body is not understood")
	}
	switch {
	case r.Method == "POST" && path[0] == "bookings":
		if body.Guest == "" || body.Nights == 0 {
			return 400, reason("guest or nights is missing")
		}
		return h.once(strings.Trim(r.Header.Get("Idempotency-Key"), `"`), func() call {
			if body.Nights > 30 {
				return call{Status: 422, Answer: reason("at most 30 nights")}
			}
			made := booking{r.Header.Get("Saga-Id"), body.Guest, body.Nights}
			return call{Status: 201, Answer: map[string]any{"id": h.booked + 1}, Booking: &made}
		})
	case r.Method == "DELETE" && path[0] == "bookings" && len(path) == 2:
		if key, err := url.PathUnescape(path[1]); err == nil {
			return h.undo(key)
		}
	case r.Method == "GET" && path[0] == "bookings":
		total := 0
		for _, each := range h.bookings {
			if each.Booking.Saga == r.URL.Query().Get("saga") {
				total++
			}
		}
		return 200, map[string]any{"total": total}
	case r.Method == "POST" && path[0] == "clock": // for rehearsals alone: leave it out of a service that others reach
		h.moved += time.Duration(body.Seconds * float64(time.Second))
		return 200, map[string]any{}
	}
	return 400, reason("no such path") // not 404: to an undo that means that there was nothing to undo
}

func reason(text string) map[string]any { return map[string]any{"reason": text} }

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go run hotel.go PORT FILE")
	}
	h := open(os.Args[2])
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, answer := h.handle(r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(answer)
	})))
}
