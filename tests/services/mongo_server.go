// A server that speaks MongoDB's protocol, for tests: FerretDB, which keeps its documents in SQLite files.
//
//	mongo-server ADDRESS FOLDER [CERTIFICATE KEY]
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	arguments := os.Args[1:]
	if len(arguments) != 2 && len(arguments) != 4 {
		log.Fatal("usage: mongo-server ADDRESS FOLDER [CERTIFICATE KEY]")
	}
	listener := ferretdb.ListenerConfig{TCP: arguments[0]}
	if len(arguments) == 4 {
		listener = ferretdb.ListenerConfig{TLS: arguments[0], TLSCertFile: arguments[2], TLSKeyFile: arguments[3]}
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  listener,
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + arguments[1] + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
