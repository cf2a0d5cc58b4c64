<?php
// A receiver of Homeroom's pings, with PHP alone: WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:9000 receiver.php
$key = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_SECRET')));
$body = file_get_contents('php://input'); // the bytes as they came: JSON decoded and encoded again has other ones
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$at = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
$right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", $key, true));
$good = false;
if (ctype_digit($at) && abs(time() - (int) $at) <= 300) {
    // Several signatures while a secret is changed; one that fits is enough.
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $one) {
        $good = $good || hash_equals($right, $one);
    }
}
if ($good) {
    // A folder of the ids that were seen; a table with a unique key in real life.
    $seen = (getenv('SEEN_DIR') ?: sys_get_temp_dir()) . '/' . sha1($id);
    $file = @fopen($seen, 'x');
    if ($file !== false) {
        fclose($file);
        file_put_contents('php://stderr', $body . "\n"); // do your work here
    }
}
http_response_code($good ? 204 : 401);
