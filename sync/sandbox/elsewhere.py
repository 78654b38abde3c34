"""
What Asana offers and the sandbox does not: answered 501, so that nothing passes by accident.

One line per path of the official description, with the methods that are missing here; `*`
stands for one part of the path.
"""

MISSING = """
/access_requests GET POST
/access_requests/*/approve POST
/access_requests/*/reject POST
/workspaces/*/agents GET
/agents/* GET
/allocations/* GET PUT DELETE
/allocations GET POST
/attachments/* GET DELETE
/attachments GET POST
/workspaces/*/audit_log_events GET
/budgets GET POST
/budgets/* GET PUT DELETE
/portfolios/*/custom_field_settings GET
/goals/*/custom_field_settings GET
/teams/*/custom_field_settings GET
/custom_types GET
/custom_types/* GET
/exports/graph POST
/exports/resource POST
/goal_relationships/* GET PUT
/goal_relationships GET
/goals/*/addSupportingRelationship POST
/goals/*/removeSupportingRelationship POST
/goals/* GET PUT DELETE
/goals GET POST
/goals/*/setMetric POST
/goals/*/setMetricCurrentValue POST
/goals/*/addFollowers POST
/goals/*/removeFollowers POST
/goals/*/parentGoals GET
/goals/*/addCustomFieldSetting POST
/goals/*/removeCustomFieldSetting POST
/jobs/* GET
/ooo_entries/* GET PUT DELETE
/ooo_entries GET POST
/organization_exports POST
/organization_exports/* GET
/portfolio_memberships GET
/portfolio_memberships/* GET
/portfolios/*/portfolio_memberships GET
/portfolios GET POST
/portfolios/* GET PUT DELETE
/portfolios/*/items GET
/portfolios/*/addItem POST
/portfolios/*/removeItem POST
/portfolios/*/addCustomFieldSetting POST
/portfolios/*/removeCustomFieldSetting POST
/portfolios/*/addMembers POST
/portfolios/*/removeMembers POST
/portfolios/*/duplicate POST
/project_briefs/* GET PUT DELETE
/projects/*/project_briefs POST
/project_memberships/* GET
/projects/*/project_memberships GET
/project_portfolio_settings/* GET PUT
/projects/*/project_portfolio_settings GET
/portfolios/*/project_portfolio_settings GET
/project_statuses/* GET DELETE
/projects/*/project_statuses GET POST
/project_templates/* GET DELETE
/project_templates GET
/teams/*/project_templates GET
/project_templates/*/instantiateProject POST
/projects/*/duplicate POST
/tasks/*/projects GET
/teams/*/projects GET POST
/workspaces/*/projects POST
/workspaces/*/projects/search GET
/projects/*/addMembers POST
/projects/*/removeMembers POST
/projects/*/addFollowers POST
/projects/*/removeFollowers POST
/projects/*/saveAsTemplate POST
/rates GET POST
/rates/* GET PUT DELETE
/reactions GET
/roles GET POST
/roles/* GET PUT DELETE
/rule_triggers/*/run POST
/status_updates/* GET DELETE
/status_updates GET POST
/stories/* PUT DELETE
/goals/*/stories GET POST
/tags GET POST
/tags/* GET PUT DELETE
/tasks/*/tags GET
/workspaces/*/tags GET POST
/task_templates GET
/task_templates/* GET DELETE
/task_templates/*/instantiateTask POST
/tasks/*/duplicate POST
/tags/*/tasks GET
/user_task_lists/*/tasks GET
/tasks/*/dependencies GET
/tasks/*/addDependencies POST
/tasks/*/removeDependencies POST
/tasks/*/dependents GET
/tasks/*/addDependents POST
/tasks/*/removeDependents POST
/tasks/*/addTag POST
/tasks/*/removeTag POST
/tasks/*/removeFollowers POST
/workspaces/*/tasks/custom_id/* GET
/workspaces/*/tasks/search GET
/team_memberships/* GET
/team_memberships GET
/teams/*/team_memberships GET
/users/*/team_memberships GET
/teams POST
/teams/* PUT
/users/*/teams GET
/teams/*/addUser POST
/teams/*/removeUser POST
/time_periods/* GET
/time_periods GET
/time_tracking_categories/* GET PUT DELETE
/time_tracking_categories/*/time_tracking_entries GET
/time_tracking_categories GET POST
/tasks/*/time_tracking_entries GET POST
/time_tracking_entries/* GET PUT DELETE
/time_tracking_entries GET
/timesheet_approval_statuses/* GET PUT
/timesheet_approval_statuses GET POST
/workspaces/*/typeahead GET
/user_task_lists/* GET
/users/*/user_task_list GET
/users/* PUT
/users/*/favorites GET
/teams/*/users GET
/workspaces/*/users/* GET PUT
/workspace_memberships/* GET
/workspaces/* PUT
/workspaces/*/addUser POST
/workspaces/*/removeUser POST
/workspaces/*/events GET
"""


def missing_calls() -> list[tuple[str, str]]:
    """Method and path of each call, in the order of the official description."""
    calls: list[tuple[str, str]] = []
    for line in MISSING.strip().splitlines():
        path, *methods = line.split()
        calls.extend((method, path) for method in methods)
    return calls
