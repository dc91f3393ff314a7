// Command bassin is the whole program: server, workers, imports, backups.
package main

func main() {}
