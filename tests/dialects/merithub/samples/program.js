// The vendor's page, JavaScript, as it stands (steps "Generate JWT" and "Get access token"); below the line the steps
// "Add users", "Schedule a class" and "Add user in class" in the same style. The test puts hosts, id and secret in.

const jwt = require('jsonwebtoken');
const fetch = require('node-fetch');


async function getJwt(){
    const payload = JSON.stringify({
        iss: '{CLIENT_ID}',
        aud: 'https://serviceaccount1.meritgraph.com/v1/{CLIENT_ID}/api/token',
        expiry: 3600
    })
    const merithubJwt = jwt.sign(payload, '{CLIENT_SECRET}')

    console.warn("merithub jwt token= == > ", merithubJwt)

    return merithubJwt
}

async function getToken(JWT_TOKEN){
    var myHeaders = new fetch.Headers();
    myHeaders.append("Content-Type", "application/x-www-form-urlencoded");
    var urlencoded = new URLSearchParams();

    urlencoded.append('grant_type','urn:ietf:params:oauth:grant-type:jwt-bearer')
    urlencoded.append('assertion','Bearer '+JWT_TOKEN)

    var requestOptions = {
        method: 'POST',
        headers: myHeaders,
        body:urlencoded
    };

    return fetch("https://serviceaccount1.meritgraph.com/v1/{CLIENT_ID}/api/token", requestOptions)
        .then(response => response.text())
        .then(result => JSON.parse(result).access_token)
}

// ----------------------------------------------------------------------------------------------------------------

async function post(url, accessToken, body){
    var myHeaders = new fetch.Headers();
    myHeaders.append("Content-Type", "application/json");
    myHeaders.append("Authorization", accessToken);

    return fetch(url, {method: 'POST', headers: myHeaders, body: JSON.stringify(body)})
        .then(response => response.text())
        .then(result => JSON.parse(result))
}

async function addUser(accessToken, name, role, permission){
    return post("https://serviceaccount1.meritgraph.com/v1/{CLIENT_ID}/users", accessToken, {
        "name" : name,
        "title" : "software engineer",
        "img" : "https://hst.meritgraph.com/theme/img/png/avtr.png",
        "desc" : "this id demo user",
        "lang" : "en",
        "clientUserId" : "js-" + name,
        "email" : name + "@js.example",
        "role" : role,
        "timeZone" : "Asia/Kolkata",
        "permission" : permission
    })
}

async function main(){
    const accessToken = await getToken(await getJwt())
    const teacher = await addUser(accessToken, "teacher", "C", "CC")
    const students = [
        await addUser(accessToken, "student1", "M", "CJ"),
        await addUser(accessToken, "student2", "M", "CJ")
    ]
    const scheduled = await post("https://class1.meritgraph.com/v1/{CLIENT_ID}/" + teacher.userId, accessToken, {
        "title" : "Testing This Class",
        "startTime" : "2099-10-05T15:29:00+05:30",
        "recordingDownload": false,
        "duration" : 60,
        "lang" : "en",
        "timeZoneId" : "Asia/Kolkata",
        "description" : "This is  a Test Class",
        "type" : "oneTime",
        "access" : "private",
        "login" : false,
        "layout" : "CR",
        "status" : "up",
        "recording" : { "record" : true, "autoRecord": false, "recordingControl": true },
        "participantControl" : { "write" : false, "audio" : false, "video" : false }
    })
    const added = await post("https://class1.meritgraph.com/v1/{CLIENT_ID}/" + scheduled.classId + "/users", accessToken, {
        "users": students.map(student => ({
            "userId": student.userId,
            "userLink" : scheduled.commonLinks.commonParticipantLink,
            "userType": "su"
        }))
    })
    console.log(JSON.stringify({ accessToken, teacher, students, scheduled, added }))
}

main()
    .catch(error => { console.log('error', error); process.exit(1) });
