<?php
// The vendor's page, PHP, as it stands (steps "Generate JWT" and "Get access token"), the typographic quotes in `aud`
// included; below the line the steps "Add users", "Schedule a class" and "Add user in class" in the same style. The
// test puts hosts, id and secret in.

function base64url_encode($str) {
    return rtrim(strtr(base64_encode($str), '+/', '-_'), '=');
}

function generate_jwt($headers, $payload, $secret = 'CLIENT_SECRET') {
    $headers_encoded = base64url_encode(json_encode($headers));

    $payload_encoded = base64url_encode(json_encode($payload));

    $signature = hash_hmac('SHA256', "$headers_encoded.$payload_encoded", $secret, true);
    $signature_encoded = base64url_encode($signature);

    $jwt = "$headers_encoded.$payload_encoded.$signature_encoded";

    return $jwt;
}

$headers = array('alg'=>'HS256','typ'=>'JWT');
$payload = array('aud'=>'https://serviceaccount1.meritgraph.com/v1/’CLIENT_ID’/api/token', 'iss'=>'CLIENT_ID', 'expiry'=> 3600);

$jwt = generate_jwt($headers, $payload);

$request = new HttpRequest();
$request->setUrl('https://serviceaccount1.meritgraph.com/v1/{CLIENT_ID}/api/token');
$request->setMethod(HTTP_METH_POST);

$request->setHeaders(array(
    'content-type' => 'application/x-www-form-urlencoded'
));

$request->setContentType('application/x-www-form-urlencoded');
$request->setPostFields(array(
    'assertion' => 'Bearer  ' . $jwt,
    'grant_type' => 'urn:ietf:params:oauth:grant-type:jwt-bearer'
));

try {
    $response = $request->send();

    $body = $response->getBody();
} catch (HttpException $ex) {
    echo $ex;
    exit(1);
}

// ---------------------------------------------------------------------------------------------------------------------

$accessToken = json_decode($body)->access_token;

function post($url, $accessToken, $data) {
    $request = new HttpRequest();
    $request->setUrl($url);
    $request->setMethod(HTTP_METH_POST);
    $request->setHeaders(array('Authorization' => $accessToken));
    $request->setContentType('application/json');
    $request->setBody(json_encode($data));
    return json_decode($request->send()->getBody());
}

function add_user($accessToken, $name, $role, $permission) {
    return post('https://serviceaccount1.meritgraph.com/v1/{CLIENT_ID}/users', $accessToken, array(
        'name' => $name,
        'title' => 'software engineer',
        'img' => 'https://hst.meritgraph.com/theme/img/png/avtr.png',
        'desc' => 'this id demo user',
        'lang' => 'en',
        'clientUserId' => 'php-' . $name,
        'email' => $name . '@php.example',
        'role' => $role,
        'timeZone' => 'Asia/Kolkata',
        'permission' => $permission
    ));
}

$teacher = add_user($accessToken, 'teacher', 'C', 'CC');
$students = array(add_user($accessToken, 'student1', 'M', 'CJ'), add_user($accessToken, 'student2', 'M', 'CJ'));
$scheduled = post('https://class1.meritgraph.com/v1/{CLIENT_ID}/' . $teacher->userId, $accessToken, array(
    'title' => 'Testing This Class',
    'startTime' => '2099-10-05T15:29:00+05:30',
    'recordingDownload' => false,
    'duration' => 60,
    'lang' => 'en',
    'timeZoneId' => 'Asia/Kolkata',
    'description' => 'This is  a Test Class',
    'type' => 'oneTime',
    'access' => 'private',
    'login' => false,
    'layout' => 'CR',
    'status' => 'up',
    'recording' => array('record' => true, 'autoRecord' => false, 'recordingControl' => true),
    'participantControl' => array('write' => false, 'audio' => false, 'video' => false)
));
$users = array();
foreach ($students as $student) {
    $users[] = array(
        'userId' => $student->userId,
        'userLink' => $scheduled->commonLinks->commonParticipantLink,
        'userType' => 'su'
    );
}
$added = post(
    'https://class1.meritgraph.com/v1/{CLIENT_ID}/' . $scheduled->classId . '/users',
    $accessToken,
    array('users' => $users)
);
echo json_encode(array(
    'accessToken' => $accessToken,
    'teacher' => $teacher,
    'students' => $students,
    'scheduled' => $scheduled,
    'added' => $added
));
