<?php
// What the sample uses of pecl_http 1, which ends with PHP 5, over PHP's own streams.

const HTTP_METH_POST = 'POST';

class HttpException extends Exception {}

class HttpRequest {
    private $url, $method, $body, $headers = array();

    function setUrl($url) { $this->url = $url; }
    function setMethod($method) { $this->method = $method; }
    function setHeaders($headers) {
        $this->headers = array_merge($this->headers, array_change_key_case($headers));
    }
    function setContentType($type) { $this->headers['content-type'] = $type; }
    function setPostFields($fields) { $this->body = http_build_query($fields); }
    function setBody($body) { $this->body = $body; }

    function send() {
        $lines = array();
        foreach ($this->headers as $name => $value) {
            $lines[] = "$name: $value";
        }
        $context = stream_context_create(array('http' => array(
            'method' => $this->method,
            'header' => implode("\r\n", $lines),
            'content' => $this->body,
            'ignore_errors' => true
        )));
        $answer = file_get_contents($this->url, false, $context);
        if ($answer === false) {
            throw new HttpException("$this->url does not answer");
        }
        return new HttpAnswer($answer);
    }
}

class HttpAnswer {
    private $body;

    function __construct($body) { $this->body = $body; }
    function getBody() { return $this->body; }
}
