package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zkpot/zkpot/examples/cometbft/scenario"
)

// asProgram makes the test program zkpotd.
const asProgram = "ZKPOT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A shell runs zkpotd with an account and a node.
type shell struct {
	t             *testing.T
	account, node string
	folder        string
}

func command(arguments ...string) *exec.Cmd {
	made := exec.Command(os.Args[0], arguments...)
	made.Env = append(os.Environ(), asProgram+"=1")
	made.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return made
}

// run runs a command and compares its exit status.
func (s *shell) run(status int, arguments ...string) string {
	s.t.Helper()
	output, err := command(arguments...).CombinedOutput()
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		s.t.Fatal(err)
	}
	if code != status {
		s.t.Fatalf("%v: exit status %d, expected %d: %s", arguments, code, status, output)
	}
	return string(output)
}

func (s *shell) tx(status int, arguments ...string) string {
	s.t.Helper()
	return s.run(status, append([]string{"tx", "--account", s.account, "--node", s.node}, arguments...)...)
}

// start starts the node until the test ends or stops it.
func (s *shell) start() (stop func()) {
	s.t.Helper()
	running := command("start", "-q", "--home", filepath.Join(s.folder, "node0"))
	var output bytes.Buffer
	running.Stdout, running.Stderr = &output, &output
	if err := running.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = running.Process.Kill() })
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if output, err := command("query", "/rules", "--node", s.node).Output(); err == nil && len(output) > 0 {
			break
		}
		if time.Since(began) > time.Minute {
			s.t.Fatalf("the node does not answer: %s", output.String())
		}
	}
	return func() {
		_ = running.Process.Signal(syscall.SIGTERM)
		_ = running.Wait()
	}
}

// What docs/embed/cometbft.md says, up to a proof of somebody else's order.
func TestCommands(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port - 1
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	s := &shell{t: t, folder: t.TempDir(), node: fmt.Sprintf("tcp://127.0.0.1:%d", port+1)}
	s.account = filepath.Join(s.folder, accountFile)
	made := s.run(0, "testnet", "--output", s.folder, "--validators", "1", "--port", fmt.Sprint(port))
	address := regexp.MustCompile(`account ([0-9a-f]{40})`).FindStringSubmatch(made)[1]
	s.run(2, "testnet", "--output", s.folder, "--validators", "1")
	stop := s.start()

	digest := strings.Repeat("ab", 32)
	model := []string{"register", "digits", "--program", digest, "--first", digest, "--data-root", digest}
	s.tx(0, model...)
	s.tx(2, model...)
	placed := s.tx(0, "order", "digits", "--steps", "1", "--price", "100", "--deadline", "5000",
		"--scalars", `{"lr.0": [[1, 1]]}`)
	order := regexp.MustCompile(`order ([0-9a-f]{64})`).FindStringSubmatch(placed)[1]
	if got := s.run(0, "query", "/account/"+address, "--node", s.node); !strings.Contains(got, "999900") {
		t.Errorf("the account has %s", got)
	}
	if got := s.run(0, "context", order, "--account", s.account); len(strings.TrimSpace(got)) != 64 {
		t.Errorf("context %q", got)
	}
	s.tx(1, "settle", order, filepath.Join(scenario.Folder(), "model-1-order-0.zkpot"))
	s.tx(2, "settle", order, filepath.Join(s.folder, "missing.zkpot"))
	s.tx(2, "reclaim", order)
	stop()
	s.start()
	if got := s.run(0, "query", "/order/"+order, "--node", s.node); !strings.Contains(got, `"status": "open"`) {
		t.Errorf("the order is %s", got)
	}
}
