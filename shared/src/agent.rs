//! Who signs in.

use crate::label::labelled_enum;

labelled_enum! {
    /// What a signed-in person or program may see and do.
    pub enum AgentRole {
        /// Takes calls, sees customers.
        Agent = "agent", "オペレーター", "Agent", ["担当者", "一般", "operator"];
        /// Sees the whole team's calls as well.
        Supervisor = "supervisor", "スーパーバイザー", "Supervisor", ["SV", "管理職"];
        /// Changes settings and other agents.
        Admin = "admin", "管理者", "Administrator", ["システム管理者"];
        /// Another program, not a person.
        Integration = "integration", "外部連携", "Integration", ["連携", "API"];
    }
}
