// The errand of official_client.py, run by Asana's official client for Node, as it comes.
// Usage: node official_client.mjs URL TOKEN WORKSPACE CONTROL RECEIVER; one line of JSON comes out.

import asana from "asana";

const TASKS = 250;
const PER_BATCH = 10;

const [url, token, workspace, control, receiver] = process.argv.slice(2);

function official(returnCollection) {
  const client = new asana.ApiClient();
  client.basePath = url;
  client.authentications.token.accessToken = token;
  client.RETURN_COLLECTION = returnCollection;
  return client;
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    if (!error.response) throw error;
    return { status: error.response.status, ...error.response.body };
  }
  throw new Error("it was not refused");
}

const client = official(true);
const whole = official(false); // single calls, each with its whole answer
const projects = new asana.ProjectsApi(client);
const tasks = new asana.TasksApi(client);
const batches = new asana.BatchAPIApi(whole);
const events = new asana.EventsApi(whole);

const me = (await new asana.UsersApi(client).getUser("me", {})).data;
const project = (
  await projects.createProject({ data: { name: "Plan", workspace } }, {})
).data.gid;
const section = (
  await new asana.SectionsApi(client).createSectionForProject(project, {
    body: { data: { name: "Volet" } },
  })
).data;
const field = (
  await new asana.CustomFieldsApi(client).createCustomField(
    {
      data: {
        name: "Statut",
        workspace,
        resource_subtype: "enum",
        enum_options: [{ name: "À venir" }, { name: "Atteint" }],
      },
    },
    {},
  )
).data;
await projects.addCustomFieldSettingForProject(
  { data: { custom_field: field.gid } },
  project,
  {},
);
const attached = (
  await new asana.CustomFieldSettingsApi(client).getCustomFieldSettingsForProject(project, {})
).data;

const first = await refusal(() => events.getEvents(project, {}));

const made = [];
for (let start = 0; start < TASKS; start += PER_BATCH) {
  const actions = [];
  for (let number = start; number < start + PER_BATCH; number += 1) {
    actions.push({
      method: "post",
      relative_path: "/tasks",
      data: {
        name: `T${String(number).padStart(3, "0")}`,
        memberships: [{ project, section: section.gid }],
      },
    });
  }
  const answer = await batches.createBatchRequest({ data: { actions } }, {});
  made.push(...answer.data.map((each) => each.body.data.gid));
}

const iterated = [];
let collection = await tasks.getTasks({ project, limit: 100 });
while (collection.data) {
  iterated.push(...collection.data.map((task) => task.name));
  collection = await collection.nextPage();
}
const pages = [];
let offset = null;
do {
  const asked = { limit: 50, opt_fields: "name,memberships.section.name" };
  if (offset) asked.offset = offset;
  const page = await new asana.TasksApi(whole).getTasksForProject(project, asked);
  pages.push(page.data.map((task) => task.name));
  offset = page.next_page && page.next_page.offset;
} while (offset);

await tasks.updateTask(
  {
    data: {
      name: "T000, renommée",
      completed: true,
      custom_fields: { [field.gid]: field.enum_options[1].gid },
    },
  },
  made[0],
  {},
);
const updated = (
  await tasks.getTask(made[0], { opt_fields: "name,completed,custom_fields.display_value" })
).data;
const child = (
  await tasks.createSubtaskForTask({ data: { name: "Indicateur" } }, made[1], {})
).data.gid;
await tasks.deleteTask(made[2]);

const mixed = await batches.createBatchRequest(
  {
    data: {
      actions: [
        { method: "get", relative_path: "/users/me" },
        { method: "get", relative_path: "/tasks/1" },
        { method: "put", relative_path: `/tasks/${made[3]}`, data: { completed: true } },
      ],
    },
  },
  {},
);

const told = [];
let sync = first.sync;
let calls = 0;
let more = true;
while (more) {
  const answer = await events.getEvents(project, { sync });
  calls += 1;
  told.push(...answer.data);
  sync = answer.sync;
  more = answer.has_more;
}
await fetch(`${control}/control/expire_sync`, { method: "POST", body: "{}" });
const expired = await refusal(() => events.getEvents(project, { sync }));
const resumed = await events.getEvents(project, { sync: expired.sync });

const webhooks = new asana.WebhooksApi(whole);
const hook = await webhooks.createWebhook(
  { data: { resource: project, target: receiver } },
  {},
);
const hooks = (await webhooks.getWebhooks(workspace, { resource: project })).data;
await webhooks.deleteWebhook(hook.data.gid);

console.log(
  JSON.stringify({
    me: me.name,
    project,
    attached: attached.map((each) => each.custom_field.name),
    first_events_call: first.status,
    made,
    iterated,
    pages,
    updated: {
      name: updated.name,
      completed: updated.completed,
      field: updated.custom_fields[0].display_value,
    },
    child,
    trashed: made[2],
    mixed: mixed.data.map((each) => each.status_code),
    event_calls: calls,
    events: told.map((each) => [
      each.action,
      each.resource.resource_type,
      each.resource.gid,
    ]),
    expired: expired.status,
    resumed: resumed.data.length,
    hook_secret: hook["X-Hook-Secret"].length,
    hooks: hooks.map((each) => each.target),
    hook_read: (await refusal(() => webhooks.getWebhook(hook.data.gid, {}))).status,
    unknown: (await refusal(() => tasks.getTask("1", {}))).status,
    trashed_read: (await refusal(() => tasks.getTask(made[2], {}))).status,
  }),
);
