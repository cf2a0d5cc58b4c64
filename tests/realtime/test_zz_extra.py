import sys; sys.path.insert(0,'/work/main/tests/realtime')
from test_room import *
import time
async def test_silent(server):
    made=merithub_class(server)
    async with joined(server,made.host_link,"s") as c:
        t=time.time(); 
        import test_room; test_room.PATIENCE=40
        assert await c.close_code()==4008; assert 28<time.time()-t<33
    v=await closed_visit(server,"s"); assert v["reason"]=="dropped" and (v["closed_at"]-v["opened_at"]).total_seconds()<2, dict(v)
async def test_removed_and_deleted(server):
    made=merithub_class(server)
    from make import bearer
    async with joined(server,made.host_link,"h") as c, joined(server,made.student_links[0],"k") as s:
        r=server.api.delete(f"/v1/{made.client_id}/{made.class_id}",headers=bearer(server)); print(r.status_code,r.text)
        m=await c.heard("closed"); assert m["reason"] in("deleted","cancelled"),m
        assert await c.close_code()==4003
