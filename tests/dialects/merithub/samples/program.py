# The vendor's page, Python, as it stands (steps "Generate JWT" and "Get access token"); below the line the steps
# "Add users", "Schedule a class" and "Add user in class" in the same style. The test puts hosts, id and secret in.

import jwt
import requests

header = {
    "alg": "HS256",
    "typ": "JWT"
}


payload ={
    "aud":"https://serviceaccount1.meritgraph.com/v1/{CLIENT-ID}/api/token",
    "iss":"{CLIENT-ID}",
    "expiry":3600
}

encoded = jwt.encode(payload, '{CLIENT-SECRET}', algorithm='HS256')
# The page has this line alone: PyJWT 1 returned bytes. PyJWT 2 returns text, and programs dropped the line.
jwtToken=str(encoded,'utf-8') if isinstance(encoded, bytes) else encoded

url = 'https://serviceaccount1.meritgraph.com/v1/{CLIENT_ID}/api/token'
tokenRequestBody = {
    'assertion': 'Bearer '+jwtToken,
    'grant_type':'urn:ietf:params:oauth:grant-type:jwt-bearer'
}

accountResponse = requests.post(url, data = tokenRequestBody)

# ---------------------------------------------------------------------------------------------------------------------

import json

accessToken = accountResponse.json()['access_token']
headers = {'Authorization': accessToken, 'Content-Type': 'application/json'}


def addUser(name, role, permission):
    return requests.post('https://serviceaccount1.meritgraph.com/v1/{CLIENT_ID}/users', headers=headers, json={
        "name" : name,
        "title" : "software engineer",
        "img" : "https://hst.meritgraph.com/theme/img/png/avtr.png",
        "desc" : "this id demo user",
        "lang" : "en",
        "clientUserId" : "py-" + name,
        "email" : name + "@py.example",
        "role" : role,
        "timeZone" : "Asia/Kolkata",
        "permission" : permission
    }).json()


teacher = addUser("teacher", "C", "CC")
students = [addUser("student1", "M", "CJ"), addUser("student2", "M", "CJ")]
scheduled = requests.post('https://class1.meritgraph.com/v1/{CLIENT_ID}/' + teacher['userId'], headers=headers, json={
    "title" : "Testing This Class",
    "startTime" : "2099-10-05T15:29:00+05:30",
    "recordingDownload": False,
    "duration" : 60,
    "lang" : "en",
    "timeZoneId" : "Asia/Kolkata",
    "description" : "This is  a Test Class",
    "type" : "oneTime",
    "access" : "private",
    "login" : False,
    "layout" : "CR",
    "status" : "up",
    "recording" : { "record" : True, "autoRecord": False, "recordingControl": True },
    "participantControl" : { "write" : False, "audio" : False, "video" : False }
}).json()
added = requests.post(
    'https://class1.meritgraph.com/v1/{CLIENT_ID}/' + scheduled['classId'] + '/users', headers=headers, json={
        "users": [
            {
                "userId": student['userId'],
                "userLink" : scheduled['commonLinks']['commonParticipantLink'],
                "userType": "su"
            }
            for student in students
        ]
    }
).json()
print(json.dumps({
    'accessToken': accessToken, 'teacher': teacher, 'students': students, 'scheduled': scheduled, 'added': added
}))
