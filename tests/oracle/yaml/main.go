// Answers, over stdin and stdout, what the Go YAML libraries make of texts, at the versions that Flux 2.9 pins.
//
// A question is a frame: length (uint32, big endian), one byte for the kind, the text. An answer is a frame of JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sort"
	"strconv"
	"syscall"
	"time"

	yaml2 "go.yaml.in/yaml/v2"
	yaml3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	sigs "sigs.k8s.io/yaml"
)

type answer struct {
	JSON  string   `json:"json,omitempty"`
	Text  string   `json:"text,omitempty"`
	Text2 string   `json:"text2,omitempty"`
	Docs  []string `json:"docs,omitempty"`
	Nodes []node   `json:"nodes,omitempty"`
	Err   string   `json:"err,omitempty"`
}

type node struct {
	Kind    uint32 `json:"k"`
	Style   uint32 `json:"s,omitempty"`
	Tag     string `json:"t,omitempty"`
	Value   string `json:"v,omitempty"`
	Anchor  string `json:"a,omitempty"`
	Head    string `json:"h,omitempty"`
	Line    string `json:"l,omitempty"`
	Foot    string `json:"f,omitempty"`
	Row     int    `json:"r,omitempty"`
	Column  int    `json:"c,omitempty"`
	Content []node `json:"n,omitempty"`
}

func dump(n *yaml3.Node) node {
	out := node{uint32(n.Kind), uint32(n.Style), n.Tag, n.Value, n.Anchor, n.HeadComment, n.LineComment, n.FootComment, n.Line, n.Column, nil}
	for _, c := range n.Content {
		out.Content = append(out.Content, dump(c))
	}
	return out
}

func readNodes(text []byte) ([]*yaml3.Node, error) {
	var nodes []*yaml3.Node
	decoder := yaml3.NewDecoder(bytes.NewReader(text))
	for {
		n := &yaml3.Node{}
		err := decoder.Decode(n)
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
}

func encode(nodes []*yaml3.Node, wide bool) (text string, err error) {
	var out bytes.Buffer
	if len(nodes) == 0 {
		return "", nil
	}
	encoder := kyaml.NewEncoder(&out)
	if wide {
		encoder.DefaultSeqIndent()
	}
	for _, n := range nodes {
		if err := encoder.Encode(n); err != nil {
			return "", err
		}
	}
	if err := encoder.Close(); err != nil {
		return "", err
	}
	return out.String(), nil
}

// plain turns what yaml.v3 decodes into what encoding/json takes.
func plain(v interface{}) interface{} {
	switch v := v.(type) {
	case map[interface{}]interface{}:
		out := map[string]interface{}{}
		for k, e := range v {
			name := fmt.Sprint(k)
			switch k := k.(type) {
			case nil:
				name = "null"
			case float64:
				name = strconv.FormatFloat(k, 'g', -1, 64)
				if special, ok := map[string]string{"+Inf": ".inf", "-Inf": "-.inf", "NaN": ".nan"}[name]; ok {
					name = special
				}
			case time.Time:
				name = k.Format(time.RFC3339Nano)
			}
			out[name] = plain(e)
		}
		return out
	case map[string]interface{}:
		for k, e := range v {
			v[k] = plain(e)
		}
	case []interface{}:
		for i, e := range v {
			v[i] = plain(e)
		}
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return v
}

// stringKeys does what sigs.k8s.io/yaml does before it hands a value to encoding/json.
func stringKeys(v interface{}) (interface{}, error) {
	switch v := v.(type) {
	case map[interface{}]interface{}:
		out := map[string]interface{}{}
		for k, e := range v {
			name := fmt.Sprint(k)
			switch k := k.(type) {
			case string, int, bool:
			case float64:
				name = strconv.FormatFloat(k, 'g', -1, 32)
				if special, ok := map[string]string{"+Inf": ".inf", "-Inf": "-.inf", "NaN": ".nan"}[name]; ok {
					name = special
				}
			default:
				return nil, fmt.Errorf("unsupported map key of type: %s, key: %+#v, value: %+#v", reflect.TypeOf(k), k, e)
			}
			w, err := stringKeys(e)
			if err != nil {
				return nil, err
			}
			out[name] = w
		}
		return out, nil
	case []interface{}:
		for i, e := range v {
			w, err := stringKeys(e)
			if err != nil {
				return nil, err
			}
			v[i] = w
		}
	}
	return v, nil
}

func sortedObject(v interface{}) interface{} {
	switch v := v.(type) {
	case yaml2.MapSlice:
		sort.Slice(v, func(i, j int) bool { return v[i].Key.(string) < v[j].Key.(string) })
		for i := range v {
			v[i].Value = sortedObject(v[i].Value)
		}
		return v
	case []interface{}:
		for i := range v {
			v[i] = sortedObject(v[i])
		}
	}
	return v
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}

func ask(kind byte, text []byte) (a answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	switch kind {
	case 's', 'S': // sigs.k8s.io/yaml: value, error, and the value printed again
		var v interface{}
		read, convert := sigs.Unmarshal, sigs.YAMLToJSON
		if kind == 'S' {
			read, convert = sigs.UnmarshalStrict, sigs.YAMLToJSONStrict
		}
		if err := read(text, &v); err != nil {
			return a, err
		}
		j, err := convert(text)
		if err != nil {
			return a, err
		}
		a.JSON = string(j)
		y, err := sigs.JSONToYAML(j)
		if err != nil {
			return a, err
		}
		a.Text = string(y)
	case 'j': // JSON printed as sigs.k8s.io/yaml does
		y, err := sigs.JSONToYAML(text)
		if err != nil {
			return a, err
		}
		a.Text = string(y)
	case '2': // JSON printed by go-yaml v2: natural order, and byte order as Flux's configDigest
		var v map[string]interface{}
		decoder := json.NewDecoder(bytes.NewReader(text))
		if err := decoder.Decode(&v); err != nil {
			return a, err
		}
		object := sigs.JSONObjectToYAMLObject(v)
		y, err := yaml2.Marshal(sortedObject(object))
		if err != nil {
			return a, err
		}
		a.Text2 = string(y)
		if y, err = yaml2.Marshal(v); err != nil {
			return a, err
		}
		a.Text = string(y)
	case 'p': // JSON printed by yaml.v3: indentation 2 and 4, numbers as float64
		var v interface{}
		if err := json.Unmarshal(text, &v); err != nil {
			return a, err
		}
		var out bytes.Buffer
		encoder := yaml3.NewEncoder(&out)
		encoder.SetIndent(2)
		if err := encoder.Encode(v); err != nil {
			return a, err
		}
		encoder.Close()
		a.Text = out.String()
		y, err := yaml3.Marshal(v)
		if err != nil {
			return a, err
		}
		a.Text2 = string(y)
	case 'n': // yaml.v3 nodes of all documents, printed again by kyaml
		nodes, err := readNodes(text)
		if err != nil {
			return a, err
		}
		for _, n := range nodes {
			a.Nodes = append(a.Nodes, dump(n))
		}
		if a.Text, err = encode(nodes, false); err != nil {
			return a, fmt.Errorf("encode: %w", err)
		}
		if a.Text2, err = encode(nodes, true); err != nil {
			return a, fmt.Errorf("encode: %w", err)
		}
	case 'v': // yaml.v3 value of the first document
		var v interface{}
		if err := yaml3.Unmarshal(text, &v); err != nil {
			return a, err
		}
		j, err := json.Marshal(plain(v))
		if err != nil {
			return a, err
		}
		a.JSON = string(j)
	case 'k': // kyaml: JSON of each object, read as kustomize reads
		nodes, err := kio.FromBytes(text)
		if err != nil {
			return a, err
		}
		for _, n := range nodes {
			j, err := n.MarshalJSON()
			if err != nil {
				return a, err
			}
			a.Docs = append(a.Docs, string(j))
		}
	case 'd': // every document of a stream by go-yaml v2
		decoder := yaml2.NewDecoder(bytes.NewReader(text))
		for {
			var v interface{}
			err := decoder.Decode(&v)
			if errors.Is(err, io.EOF) {
				return a, nil
			}
			if err != nil {
				return a, err
			}
			w, err := stringKeys(v)
			if err != nil {
				return a, err
			}
			j, err := json.Marshal(w)
			if err != nil {
				return a, err
			}
			a.Docs = append(a.Docs, string(j))
		}
	case 'b', 'e': // benchmark: CPU seconds a pass for reading (b) or printing (e) the documents between `---` lines, warm
		var texts, values [][]byte
		for _, d := range bytes.Split(text, []byte("\n---\n")) {
			j, err := sigs.YAMLToJSON(d)
			if err != nil {
				return a, err
			}
			texts, values = append(texts, d), append(values, j)
		}
		var passes float64
		start := cpuSeconds()
		for cpuSeconds()-start < 1.5 {
			for i := range texts {
				if kind == 'b' {
					var v interface{}
					err = sigs.Unmarshal(texts[i], &v)
				} else {
					_, err = sigs.JSONToYAML(values[i])
				}
				if err != nil {
					return a, err
				}
			}
			passes++
		}
		a.Text = fmt.Sprint((cpuSeconds() - start) / passes)
	default:
		return a, fmt.Errorf("unknown kind %q", kind)
	}
	return a, nil
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	var head [5]byte
	for {
		if in.Buffered() == 0 {
			out.Flush()
		}
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		text := make([]byte, binary.BigEndian.Uint32(head[:4]))
		if _, err := io.ReadFull(in, text); err != nil {
			return
		}
		a, err := ask(head[4], text)
		if err != nil {
			a = answer{Err: err.Error()}
		}
		reply, err := json.Marshal(a)
		if err != nil {
			reply, _ = json.Marshal(answer{Err: "oracle: " + err.Error()})
		}
		binary.BigEndian.PutUint32(head[:4], uint32(len(reply)))
		out.Write(head[:4])
		out.Write(reply)
	}
}
